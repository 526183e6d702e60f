/* Preloaded to show that a process came to an orderly end, which neither gperftools' words nor the logs of mtrace and heaptrack prove, to turn mtrace on, which the library alone does
 * not do (glibc: the program must call mtrace()), and to wake LeakSanitizer.
 *
 * MEMTOOLS_MTRACE  prefix: MALLOC_TRACE becomes PREFIX.PID and tracing starts
 * MEMTOOLS_TOUCH   malloc is called once: LeakSanitizer registers its check only then, and a program without allocations would not be checked
 * MEMTOOLS_EXITED  prefix: PREFIX.PID is created when the process has run its exit handlers
 * MEMTOOLS_STARTED prefix: PREFIX.PID says, for each program that was loaded and each process that was forked, who its parent is and whether it goes on in the
 *                  parent's code: where the kernel cannot be asked (containers), this is how processes are known
 * MEMTOOLS_LATE    prefix: where the program closed its standard error before its end (GNU's coreutils and many others do, to see write errors), PREFIX.PID takes
 *                  its place before the destructors run of the libraries that were preloaded behind this one: gperftools' verdict is printed by one of them
 *
 * No start files: without __cxa_finalize in this library its handler, registered before the C library registers the loader's, runs last of all,
 * after the destructors of every library. No DT_NEEDED: the program's own C library serves. build.sh. */

extern char *getenv(const char *name);
extern int setenv(const char *name, const char *value, int overwrite);
extern int __cxa_atexit(void (*function)(void *), void *argument, void *library);
extern int open(const char *path, int flags, ...);
extern int close(int fd);
extern int dup2(int fd, int to);
extern int fcntl(int fd, int command, ...);
extern long write(int fd, const void *bytes, unsigned long count);
extern long readlink(const char *path, char *room, unsigned long size);
extern int getpid(void);
extern int getppid(void);
extern int __register_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void), void *library) __attribute__((weak));
extern void *malloc(unsigned long size);
extern void free(void *block);
extern void mtrace(void) __attribute__((weak));
extern void muntrace(void) __attribute__((weak));

enum { O_WRONLY = 1, O_CREAT = 0100, O_TRUNC = 01000, O_APPEND = 02000, F_GETFD = 1, O_CLOEXEC = 02000000, ROOM = 4096 };

static int add_number(char *room, int length, int number) {
    char digits[12];
    int count = 0;
    do
        digits[count++] = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    while (count > 0)
        room[length++] = digits[--count];
    return length;
}

/* PREFIX.PID; 0 when it does not fit. */
static int name_for(char *room, const char *prefix, int pid) {
    int length = 0;
    while (prefix[length] && length < ROOM - 16) {
        room[length] = prefix[length];
        length++;
    }
    if (prefix[length])
        return 0;
    room[length++] = '.';
    room[add_number(room, length, pid)] = 0;
    return 1;
}

/* Read at the start: with mtrace glibc frees the environment before the last handlers run. */
static const char *exited, *started, *late;

/* "program PARENT PATH" or "forked PARENT PATH". The path is what the kernel says, whatever the program calls itself. */
static void tell_start(int forked) {
    char room[ROOM], text[ROOM + 32];
    if (!started || !name_for(room, started, getpid()))
        return;
    const char *word = forked ? "forked " : "program ";
    int length = 0;
    while (word[length]) {
        text[length] = word[length];
        length++;
    }
    length = add_number(text, length, getppid());
    text[length++] = ' ';
    long path = readlink("/proc/self/exe", text + length, ROOM - 1);
    length += path > 0 ? (int)path : 0;
    text[length++] = '\n';
    int fd = open(room, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    if (write(fd, text, (unsigned long)length) < 0)
        length = 0; /* a full disk: an empty file still says that there is a process */
    close(fd);
}

static void forked(void) { tell_start(1); }

static void ended(void *traced) {
    char room[ROOM];
    /* A forked child shares the parent's log: only the process that opened it writes its end. */
    if (traced == (void *)(long)getpid() && muntrace)
        muntrace();
    if (exited && name_for(room, exited, getpid())) {
        int fd = open(room, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        if (fd >= 0)
            close(fd);
    }
}

/* The loader runs it after the program's own exit handlers and before the destructors of libraries behind this one. */
__attribute__((destructor)) static void keep_error(void) {
    char room[ROOM];
    if (!late || fcntl(2, F_GETFD) >= 0 || !name_for(room, late, getpid()))
        return;
    int fd = open(room, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd >= 0 && fd != 2) {
        dup2(fd, 2);
        close(fd);
    }
}

__attribute__((constructor)) static void begin(void) {
    char room[ROOM];
    const char *prefix = getenv("MEMTOOLS_MTRACE");
    void *traced = 0;
    exited = getenv("MEMTOOLS_EXITED");
    started = getenv("MEMTOOLS_STARTED");
    late = getenv("MEMTOOLS_LATE");
    tell_start(0);
    if (started && __register_atfork)
        __register_atfork(0, 0, forked, 0);
    if (getenv("MEMTOOLS_TOUCH"))
        free(malloc(1));
    if (prefix && mtrace && name_for(room, prefix, getpid())) {
        setenv("MALLOC_TRACE", room, 1);
        mtrace();
        traced = (void *)(long)getpid();
    }
    __cxa_atexit(ended, traced, 0);
}
