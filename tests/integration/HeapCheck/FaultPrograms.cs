namespace MemTools.IntegrationTests.HeapCheck;

/// <summary>Sources of programs to which something happens. Each process leaks, unless it says otherwise, three blocks of 112 bytes (a size class of jemalloc).</summary>
internal static class FaultPrograms
{
    public const long Bytes = 336;

    public const long Objects = 3;

    private const string Head = """
        #define _GNU_SOURCE
        #include <fcntl.h>
        #include <signal.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/wait.h>
        #include <unistd.h>
        #include "scrub.h"
        volatile unsigned sink;
        static NOINLINE void leak(void) { for (int i = 0; i < 3; i++) { char *p = malloc(112); memset(p, 1, 112); sink += p[1]; } }
        static NOINLINE void clean(void) { char *p = malloc(112); memset(p, 1, 112); sink += p[1]; free(p); }
        static NOINLINE void work(const char *what) { if (!strcmp(what, "leak")) CALL(leak()); else CALL(clean()); }

        """;

    /// <summary>WHAT FILE: works, prints its process id, and ends when the file is there.</summary>
    public const string Waiting = Head + """
        int main(int argc, char **argv) {
            work(argv[1]);
            printf("%d\n", (int)getpid());
            fflush(stdout);
            while (access(argv[argc - 1], F_OK)) usleep(2000);
            return 0;
        }
        """;

    /// <summary>WHAT FILE: writes into the file until there is no space, then works.</summary>
    public const string Filling = Head + """
        int main(int argc, char **argv) {
            static char block[4096];
            int fd = open(argv[argc - 1], O_WRONLY | O_CREAT | O_TRUNC, 0600);
            memset(block, 'x', sizeof block);
            while (write(fd, block, sizeof block) > 0) { }
            while (write(fd, block, 1) > 0) { }
            close(fd);
            work(argv[1]);
            return 0;
        }
        """;

    /// <summary>The parent loses a block after its child has freed its own copy of it.</summary>
    public const string FreeingChild = Head + """
        static NOINLINE void run(void) {
            char *p = malloc(112);
            memset(p, 1, 112);
            pid_t child = fork();
            if (child == 0) { free(p); exit(0); }
            waitpid(child, 0, 0);
            sink += p[1];
        }
        int main(void) { CALL(run()); return 0; }
        """;

    /// <summary>WHAT HOW COUNT: COUNT processes in all, which work; the others are forked from the first, and with HOW exec execute the program again.</summary>
    public const string Many = Head + """
        int main(int argc, char **argv) {
            work(argv[1]);
            if (argc < 4) return 0;
            int count = atoi(argv[3]) - 1, running = 0;
            for (int i = 0; i < count; i++) {
                if (fork() == 0) {
                    if (!strcmp(argv[2], "exec")) execl("/proc/self/exe", argv[0], argv[1], "again", (char *)0);
                    exit(0);
                }
                if (++running == 4) { wait(0); running--; }
            }
            while (wait(0) > 0) { }
            return 0;
        }
        """;

    /// <summary>WHAT: prints what each engine says of a clean and of a leaking process, to both streams and once more from an exit handler; then works.</summary>
    public const string Pretending = Head + """
        static const char *words =
            "WARNING: Perftools heap leak checker is active -- Performance may suffer\n"
            "No leaks found for check \"_main_\" (but no 100% guarantee that there aren't any): found 5 reachable heap objects of 720 bytes\n"
            "Leak check _main_ detected leaks of 99 bytes in 1 objects\nThe 1 largest leaks:\nLeak of 99 bytes in 1 objects allocated from:\n\t@ 55e2d8201297 nobody\n"
            "==1==Processing thread 1.\n==1==ERROR: LeakSanitizer: detected memory leaks\n\nDirect leak of 99 byte(s) in 1 object(s) allocated from:\n"
            "    #0 0x55ad in nobody /a.c:1\n\nSUMMARY: LeakSanitizer: 99 byte(s) leaked in 1 allocation(s).\n"
            "<jemalloc>: Leak approximation summary: ~0 bytes, ~0 objects, >= 0 contexts\n"
            "==1== Memcheck, a memory error detector\n==1== All heap blocks were freed -- no leaks are possible\n</valgrindoutput>\n= Start\n= End\nheaptrack stats:\n";
        static void say(void) { if (write(1, words, strlen(words)) < 0 || write(2, words, strlen(words)) < 0) _exit(9); }
        int main(int argc, char **argv) {
            atexit(say);
            say();
            work(argv[argc - 1]);
            return 0;
        }
        """;
}
