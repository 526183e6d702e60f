// dmserver: a small multi-threaded key-value server with a handful of planted leaks (see README.md and expected.json).
//
//   dmserver [--requests N] [--interval MS]      makes N requests for itself (48 by default), then exits
//   dmserver --port P [--requests N]             serves 127.0.0.1:P, until N requests are served or SIGTERM comes
//
// Requests are lines: LOGIN user password | GET key | PUT key value | STATS
#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

namespace dm {

// ---------------------------------------------------------------- sessions

struct Session {
    char user[32];
    char token[96];
};

static Session *last_session = nullptr;
static pthread_mutex_t session_lock = PTHREAD_MUTEX_INITIALIZER;

__attribute__((noinline)) static Session *new_session(const char *user) {
    Session *session = new Session();  // leak 1: 128 bytes for each refused login
    snprintf(session->user, sizeof session->user, "%s", user);
    return session;
}

__attribute__((noinline)) static const char *login(const char *user, const char *password) {
    Session *session = new_session(user);
    if (strcmp(password, "secret") != 0)
        return "DENIED";  // forgets the session
    pthread_mutex_lock(&session_lock);
    delete last_session;
    last_session = session;
    pthread_mutex_unlock(&session_lock);
    return "OK";
}

// ------------------------------------------------------------------- store

struct Record {
    char key[16];
    char value[48];
};

// A table with one slot for each hash; a newer record takes the slot of an older one.
template <typename T, int Slots>
class Table {
public:
    inline void put(const char *key, const char *value) {
        T *record = new T();  // leak 2: the record that was in the slot
        snprintf(record->key, sizeof record->key, "%s", key);
        snprintf(record->value, sizeof record->value, "%s", value);
        pthread_mutex_lock(&lock_);
        slots_[slot(key)] = record;  // forgets the older one
        pthread_mutex_unlock(&lock_);
    }

    bool get(const char *key, char *value, size_t size) {
        pthread_mutex_lock(&lock_);
        const T *record = slots_[slot(key)];
        bool found = record != nullptr && strcmp(record->key, key) == 0;
        if (found)
            snprintf(value, size, "%s", record->value);
        pthread_mutex_unlock(&lock_);
        return found;
    }

private:
    static unsigned slot(const char *key) {
        unsigned hash = 0;
        while (*key != '\0')
            hash = hash * 31 + static_cast<unsigned char>(*key++);
        return hash % Slots;
    }

    T *slots_[Slots] = {};
    pthread_mutex_t lock_ = PTHREAD_MUTEX_INITIALIZER;
};

static Table<Record, 64> table;  // what it holds at the end is reachable: no leak

// ------------------------------------------------------------------ replies

__attribute__((noinline)) static const char *miss(const char *key) {
    char *text = static_cast<char *>(malloc(80));  // leak 3: 80 bytes for each missing key
    snprintf(text, 80, "MISSING %s", key);
    return text[0] == 'M' ? "MISSING" : "";
}

// -------------------------------------------------------------- statistics

struct Sample {
    Sample *next;
    long microseconds;
    char label[24];
};

// leak 4: three samples that hold each other in a ring, dropped as a whole
__attribute__((noinline)) static const char *statistics() {
    Sample *first = nullptr, *last = nullptr;
    for (int i = 0; i < 3; i++) {
        Sample *sample = new Sample();
        snprintf(sample->label, sizeof sample->label, "sample %d", i);
        sample->next = first;
        first = sample;
        if (last == nullptr)
            last = sample;
    }
    last->next = first;
    return "3 SAMPLES";
}

// ------------------------------------------------------------------- queue

struct Request {
    char line[160];
    int reply_to;  // socket, or -1 for a request of our own
    Request *next;
};

class Queue {
public:
    void push(Request *request) {
        pthread_mutex_lock(&lock_);
        request->next = nullptr;
        *tail_ = request;
        tail_ = &request->next;
        pthread_cond_signal(&filled_);
        pthread_mutex_unlock(&lock_);
    }

    // The next request, or null when the server stops and nothing is left.
    Request *pop() {
        pthread_mutex_lock(&lock_);
        while (head_ == nullptr && !closed_)
            pthread_cond_wait(&filled_, &lock_);
        Request *request = head_;
        if (request != nullptr && (head_ = request->next) == nullptr)
            tail_ = &head_;
        pthread_mutex_unlock(&lock_);
        return request;
    }

    void close() {
        pthread_mutex_lock(&lock_);
        closed_ = true;
        pthread_cond_broadcast(&filled_);
        pthread_mutex_unlock(&lock_);
    }

private:
    Request *head_ = nullptr;
    Request **tail_ = &head_;
    bool closed_ = false;
    pthread_mutex_t lock_ = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t filled_ = PTHREAD_COND_INITIALIZER;
};

static Queue queue;

// ----------------------------------------------------------------- workers

// leak 5: every worker forgets its scratch buffer when it ends
__attribute__((noinline)) static char *grow_scratch(char *scratch, size_t size) {
    return static_cast<char *>(realloc(scratch, size));
}

__attribute__((noinline)) static const char *handle(char *line, char *value, size_t size) {
    char *rest = nullptr;
    const char *verb = strtok_r(line, " \r\n", &rest);
    const char *first = strtok_r(nullptr, " \r\n", &rest);
    const char *second = strtok_r(nullptr, "\r\n", &rest);
    if (verb == nullptr)
        return "EMPTY";
    if (strcmp(verb, "STATS") == 0)
        return statistics();
    if (first == nullptr)
        return "BAD REQUEST";
    if (strcmp(verb, "GET") == 0)
        return table.get(first, value, size) ? value : miss(first);
    if (second == nullptr)
        return "BAD REQUEST";
    if (strcmp(verb, "LOGIN") == 0)
        return login(first, second);
    if (strcmp(verb, "PUT") == 0) {
        table.put(first, second);
        return "STORED";
    }
    return "BAD REQUEST";
}

__attribute__((noinline)) static void work() {
    char *scratch = grow_scratch(nullptr, 64);
    scratch = grow_scratch(scratch, 256);
    while (Request *request = queue.pop()) {
        const char *reply = handle(request->line, scratch, 256);
        if (request->reply_to >= 0) {
            dprintf(request->reply_to, "%s\n", reply);
            close(request->reply_to);
        }
        delete request;
    }
    memset(scratch, 0, 256);
}

// Leak checkers that scan memory for pointers keep alive what an old stack still happens to name. Wiping it makes the same leaks
// show in each run.
__attribute__((noinline)) static void wipe_stack() {
    volatile char pad[65536];
    for (volatile char &byte : pad)
        byte = 0;
}

static void *worker(void *) {
    work();
    wipe_stack();
    return nullptr;
}

// ------------------------------------------------------------------ serving

static int stop_pipe[2];

static void on_terminate(int) {
    char byte = 0;
    if (write(stop_pipe[1], &byte, 1) < 0)
        _exit(1);
}

// True when SIGTERM came within the time; negative milliseconds wait for ever.
static bool stopped(int milliseconds) {
    struct pollfd wait = {stop_pipe[0], POLLIN, 0};
    return poll(&wait, 1, milliseconds) > 0;
}

static void submit(const char *line, int reply_to) {
    Request *request = new Request();
    snprintf(request->line, sizeof request->line, "%s", line);
    request->reply_to = reply_to;
    queue.push(request);
}

// Requests of our own, the same in each run: of eight, one is refused, two miss, one takes a used slot, one asks for statistics.
static void serve_self(long requests, int interval) {
    for (long i = 0; i < requests && !stopped(interval); i++) {
        char line[96];
        switch (i % 8) {
        case 0: snprintf(line, sizeof line, "PUT a%ld first", i % 16); break;
        case 1: snprintf(line, sizeof line, "LOGIN alice secret"); break;
        case 2: snprintf(line, sizeof line, "LOGIN mallory guess%ld", i); break;
        case 3: snprintf(line, sizeof line, "GET nothing%ld", i); break;
        case 4: snprintf(line, sizeof line, "PUT shared value%ld", i); break;
        case 5: snprintf(line, sizeof line, "GET missing%ld", i); break;
        case 6: snprintf(line, sizeof line, "STATS"); break;
        default: snprintf(line, sizeof line, "NOOP ignored"); break;
        }
        submit(line, -1);
    }
}

static int serve_port(int port, long requests) {
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<unsigned short>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, reinterpret_cast<struct sockaddr *>(&address), sizeof address) != 0 || listen(listener, 16) != 0) {
        perror("dmserver: cannot listen");
        return 1;
    }
    socklen_t length = sizeof address;
    getsockname(listener, reinterpret_cast<struct sockaddr *>(&address), &length);
    printf("dmserver: listening on 127.0.0.1:%d\n", ntohs(address.sin_port));
    fflush(stdout);
    for (long served = 0; served < requests; served++) {
        struct pollfd wait[2] = {{listener, POLLIN, 0}, {stop_pipe[0], POLLIN, 0}};
        if (poll(wait, 2, -1) < 0 || wait[1].revents != 0) {
            if (wait[1].revents != 0)
                break;
            continue;
        }
        int client = accept(listener, nullptr, nullptr);
        char line[160] = "";
        ssize_t got = client < 0 ? -1 : read(client, line, sizeof line - 1);
        line[got > 0 ? got : 0] = '\0';
        submit(line, client);
    }
    close(listener);
    return 0;
}

}  // namespace dm

int main(int argc, char **argv) {
    long requests = -1;
    int port = -1, interval = 0;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--requests") == 0) requests = atol(argv[i + 1]);
        else if (strcmp(argv[i], "--port") == 0) port = atoi(argv[i + 1]);
        else if (strcmp(argv[i], "--interval") == 0) interval = atoi(argv[i + 1]);
        else argc = -1;
    }
    if (argc < 1 || argc % 2 == 0) {
        fprintf(stderr, "usage: dmserver [--port P] [--requests N] [--interval MS]\n");
        return 2;
    }
    if (pipe(dm::stop_pipe) != 0)
        return 1;
    struct sigaction action = {};
    action.sa_handler = dm::on_terminate;
    sigaction(SIGTERM, &action, nullptr);

    const int workers = 4;
    pthread_t threads[workers];
    for (pthread_t &thread : threads)
        pthread_create(&thread, nullptr, dm::worker, nullptr);

    int result = 0;
    if (port >= 0)
        result = dm::serve_port(port, requests < 0 ? 1000000 : requests);
    else
        dm::serve_self(requests < 0 ? 48 : requests, interval);

    dm::queue.close();
    for (pthread_t thread : threads)
        pthread_join(thread, nullptr);
    dm::wipe_stack();
    usleep(20000);  // joined threads may still be on their way out of the kernel with their registers
    printf("dmserver: done\n");
    fflush(stdout);  // a heap checker that finds leaks ends the process before stdio is flushed
    return result;
}
