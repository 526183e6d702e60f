/* Preloaded to show that a process came to an orderly end, which neither gperftools' words nor the logs of mtrace and heaptrack prove, to turn mtrace on, which the library alone does
 * not do (glibc: the program must call mtrace()), and to wake LeakSanitizer.
 *
 * MEMTOOLS_MTRACE  prefix: MALLOC_TRACE becomes PREFIX.PID and tracing starts
 * MEMTOOLS_TOUCH   malloc is called once: LeakSanitizer registers its check only then, and a program without allocations would not be checked
 * MEMTOOLS_EXITED  prefix: PREFIX.PID is created when the process has run its exit handlers
 *
 * No start files: without __cxa_finalize in this library its handler, registered before the C library registers the loader's, runs last of all,
 * after the destructors of every library. No DT_NEEDED: the program's own C library serves. build.sh. */

extern char *getenv(const char *name);
extern int setenv(const char *name, const char *value, int overwrite);
extern int __cxa_atexit(void (*function)(void *), void *argument, void *library);
extern int open(const char *path, int flags, ...);
extern int close(int fd);
extern int getpid(void);
extern void *malloc(unsigned long size);
extern void free(void *block);
extern void mtrace(void) __attribute__((weak));
extern void muntrace(void) __attribute__((weak));

enum { O_WRONLY = 1, O_CREAT = 0100, O_CLOEXEC = 02000000, ROOM = 4096 };

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
    char digits[12];
    int count = 0;
    do
        digits[count++] = (char)('0' + pid % 10);
    while ((pid /= 10) > 0);
    while (count > 0)
        room[length++] = digits[--count];
    room[length] = 0;
    return 1;
}

/* Read at the start: with mtrace glibc frees the environment before the last handlers run. */
static const char *exited;

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

__attribute__((constructor)) static void begin(void) {
    char room[ROOM];
    const char *prefix = getenv("MEMTOOLS_MTRACE");
    void *traced = 0;
    exited = getenv("MEMTOOLS_EXITED");
    if (getenv("MEMTOOLS_TOUCH"))
        free(malloc(1));
    if (prefix && mtrace && name_for(room, prefix, getpid())) {
        setenv("MALLOC_TRACE", room, 1);
        mtrace();
        traced = (void *)(long)getpid();
    }
    __cxa_atexit(ended, traced, 0);
}
