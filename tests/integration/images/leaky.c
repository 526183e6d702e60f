/* The program of the container tests. Its leaks are marked: the tests read functions, lines, objects and bytes from the marks.
   usage: leaky [--clean] [--exit N] [--sleep SECONDS] [--raise SIGNAL] [--lines N] [--eat MIB] [--fill DIRECTORY] [--spin SECONDS] [--fork] [--fork-exit] [--leave CODE] [--echo TEXT...] */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline))
volatile unsigned sink;
static NOINLINE void use(void *p) { sink += *(volatile unsigned char *)p; }
/* Overwrites dead stack, so that no stale pointer keeps a lost object alive. */
static NOINLINE void scrub(void) { volatile char junk[16384]; memset((void *)junk, 0, sizeof junk); sink += junk[1]; }

static NOINLINE void leak_table(void) {
    for (int i = 0; i < 100; i++) {
        char *p = malloc(1008); /* LEAK function=leak_table objects=100 bytes=100800 */
        memset(p, 1, 1008);
        use(p);
    }
}

static NOINLINE void leak_name(const char *name) {
    char *p = malloc(333); /* LEAK function=leak_name objects=1 bytes=333 */
    memset(p, name[0], 333);
    use(p);
}

/* A child in the program's own code: it leaks 10 objects of 100 bytes and ends in order, or leaves by _exit. */
static NOINLINE void leak_in_child(void) {
    for (int i = 0; i < 10; i++) {
        char *p = malloc(100); /* CHILD-LEAK */
        memset(p, 1, 100);
        use(p);
    }
}

static void fork_child(int orderly) {
    pid_t child = fork();
    if (child == 0) {
        leak_in_child();
        scrub();
        if (orderly) exit(0);
        _exit(0);
    }
    waitpid(child, NULL, 0);
}

int main(int argc, char **argv) {
    int code = 0, leak = 1;
    const char *echo = getenv("LEAKY_GREETING");
    if (echo) printf("greeting: %s\n", echo);
    printf("leaky: pid %d uid %d\n", (int)getpid(), (int)getuid());
    fflush(stdout);
    for (int i = 1; i < argc; i++) {
        const char *a = argv[i], *v = i + 1 < argc ? argv[i + 1] : "0";
        if (!strcmp(a, "--clean")) leak = 0;
        else if (!strcmp(a, "--exit")) code = atoi(v), i++;
        else if (!strcmp(a, "--sleep")) { sleep((unsigned)atoi(v)); i++; }
        else if (!strcmp(a, "--raise")) { raise(atoi(v)); i++; }
        else if (!strcmp(a, "--lines")) { for (long n = atol(v), k = 0; k < n; k++) printf("line %010ld of a long log that goes on and on and on and on and on\n", k); i++; }
        else if (!strcmp(a, "--eat")) { size_t n = (size_t)atol(v) << 20; char *p = malloc(n); if (p) memset(p, 1, n), use(p), free(p); i++; }
        else if (!strcmp(a, "--fill")) {
            char path[4096], block[65536]; memset(block, 7, sizeof block); snprintf(path, sizeof path, "%s/fill", v);
            int f = open(path, O_WRONLY | O_CREAT, 0600); while (f >= 0 && write(f, block, sizeof block) > 0) { } fsync(f); i++;
            fprintf(stderr, "filled %s\n", v);
        }
        else if (!strcmp(a, "--spin")) { time_t end = time(NULL) + atoi(v); while (time(NULL) < end) sink++; i++; }
        else if (!strcmp(a, "--leave")) _exit(atoi(v));
        else if (!strcmp(a, "--fork")) fork_child(1);
        else if (!strcmp(a, "--fork-exit")) fork_child(0);
        else if (!strcmp(a, "--echo")) { for (i++; i < argc; i++) printf("[%s]", argv[i]); printf("\n"); }
    }
    if (leak) { leak_table(); scrub(); }
    if (leak) { leak_name("x"); scrub(); }
    fprintf(stderr, "leaky: done\n");
    return code;
}
