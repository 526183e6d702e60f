/* Starts a program from a small process.
 *
 * The kernel carries the peak resident size of the memory that a process had before exec into its accounting (fs/exec.c,
 * setmax_mm_hiwater_rss): a program started straight from a large process seems to have used at least as much as that one. This one
 * is tiny. It clones a sibling of itself (CLONE_PARENT: the program is its caller's child, to be waited for) which executes the program.
 *
 * argv[0]  "FD" or "FDg" (own process group) or "FDs" (own session)
 * argv[1]  path of the program
 * argv[2…] the program's argv
 * The environment is the program's. On descriptor FD, which the program does not get, go records of two 32-bit numbers:
 * 0 and the program's id; or 1 and errno of a failed exec; or 2 and errno of a failed clone.
 *
 * No C library: build.sh. */

#if defined(__x86_64__)
enum { SYS_write = 1, SYS_clone = 56, SYS_execve = 59, SYS_exit = 60, SYS_fcntl = 72, SYS_setpgid = 109, SYS_setsid = 112 };

static long call(long number, long a, long b, long c, long d, long e) {
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8) : "rcx", "r11", "memory");
    return result;
}

__asm__(".globl _start\n_start:\n\txor %ebp,%ebp\n\tmov %rsp,%rdi\n\tand $-16,%rsp\n\tcall begin\n\thlt\n");
#else
#error "Add this machine's system calls; until then programs are started without the starter."
#endif

enum { F_SETFD = 2, FD_CLOEXEC = 1, SIGCHLD = 17, CLONE_PARENT = 0x8000 };

static void tell(long fd, int what, long value) {
    int record[2] = { what, (int)value };
    call(SYS_write, fd, (long)record, sizeof record, 0, 0);
}

__attribute__((noreturn, used)) void begin(long *stack) {
    long count = stack[0];
    char **argv = (char **)(stack + 1);
    char **envp = argv + count + 1;
    const char *text = argv[0];
    long fd = 0;
    while (*text >= '0' && *text <= '9')
        fd = fd * 10 + (*text++ - '0');
    call(SYS_fcntl, fd, F_SETFD, FD_CLOEXEC, 0, 0);
    long pid = call(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
    if (pid == 0) {
        if (*text == 's')
            call(SYS_setsid, 0, 0, 0, 0, 0);
        else if (*text == 'g')
            call(SYS_setpgid, 0, 0, 0, 0, 0);
        tell(fd, 1, -call(SYS_execve, (long)argv[1], (long)(argv + 2), (long)envp, 0, 0));
        call(SYS_exit, 127, 0, 0, 0, 0);
    }
    tell(fd, pid > 0 ? 0 : 2, pid > 0 ? pid : -pid);
    for (;;)
        call(SYS_exit, 0, 0, 0, 0, 0);
}
