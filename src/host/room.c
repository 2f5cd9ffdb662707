// Processes in namespaces of their own (namespaces(7), user_namespaces(7), pivot_root(2)). `room_start` clones; the child
// waits until its ids are mapped, makes its root and mounts, step by step as it is told, and is process 1 from then on: it
// starts the one program, hands signals to it, collects orphans and ends with its status. Compiled by TinyCC, which knows
// no headers, hence the declarations. After a raw clone of a program with several threads only system calls are safe.
typedef long long i64;
typedef unsigned int u32;

long syscall(long number, ...);
int *__errno_location(void);
int open(const char *path, int flags, ...);
int close(int fd);
long read(int fd, void *to, unsigned long count);
long write(int fd, const void *from, unsigned long count);
int mkdir(const char *path, u32 mode);
u32 umask(u32 mask);
int symlink(const char *target, const char *path);
int unlink(const char *path);
int chdir(const char *path);
int fchdir(int fd);
int chroot(const char *path);
int dup2(int from, int to);
int fcntl(int fd, int command, ...);
int ioctl(int fd, unsigned long request, ...);
int mount(const char *source, const char *target, const char *type, unsigned long flags, const void *data);
int umount2(const char *target, int flags);
int prctl(int option, ...);
int kill(int pid, int signal);
int waitpid(int pid, int *status, int options);
int setsid(void);
int socket(int domain, int type, int protocol);
int poll(void *descriptors, unsigned long count, int timeout);
int clock_gettime(int clock, void *time);
int execve(const char *program, char *const argv[], char *const envp[]);
void *signal(int number, void *handler);
int statfs(const char *path, void *to);
void _exit(int status);

#define errno (*__errno_location())
#define ENOENT 2
#define EEXIST 17
#define ENOSYS 38
#define SIGKILL 9
#define SIGTERM 15
#define SIGCHLD 17
#define SIGCONT 18
#define O_WRONLY 1
#define O_CREAT 0100
#define O_TRUNC 01000
#define O_DIRECTORY 0200000
#define O_NOFOLLOW 0400000
#define O_CLOEXEC 02000000
#define O_PATH 010000000
#define MS_REMOUNT 32
#define MS_NOATIME 1024
#define MS_NODIRATIME 2048
#define MS_BIND 4096
#define MS_REC 16384
#define MS_PRIVATE (1 << 18)
#define MS_RELATIME (1 << 21)
#define MNT_DETACH 2
#define AT_FDCWD -100
#define AT_RECURSIVE 0x8000
#define WNOHANG 1
#ifdef __aarch64__
#define SYS_clone 220
#define SYS_pivot_root 41
#define SYS_signalfd4 74
#define SYS_capset 91
#define SYS_setresuid 147
#define SYS_setresgid 149
#define SYS_rt_sigprocmask 135
#else
#define SYS_clone 56
#define SYS_pivot_root 155
#define SYS_signalfd4 289
#define SYS_capset 126
#define SYS_setresuid 117
#define SYS_setresgid 119
#define SYS_rt_sigprocmask 14
#endif
#define SYS_mount_setattr 442
#define SYS_close_range 436

// The fields of `config`, in the order of room.ts.
enum { FLAGS, GO, REPORT, CONTROL, IN, OUT, ERR, TERMINAL, BECOME_ROOT, DROP, KEEP_LOW, KEEP_HIGH, FILTER_LENGTH, LOCK, GRACE_MS, GO_OTHER };

#define OLD_ROOT 0
#define SLOTS 8
static int slots[SLOTS];
// The slot of the working directory; -1 where it is none.
static int standing_in;

static int text_length(const char *text) {
  int length = 0;
  while (text[length]) length++;
  return length;
}

static int number(const char *text, int base) {
  int value = 0;
  while (*text) value = value * base + (*text++ - '0');
  return value;
}

static const char *field(const char **at) {
  const char *start = *at;
  while (**at) (*at)++;
  (*at)++;
  return start;
}

// A directory with its parents. What is there keeps its mode.
static int make_directories(const char *path, u32 mode) {
  char parent[4096];
  int i, last = 0;
  if (mkdir(path, mode) == 0 || errno == EEXIST) return 0;
  if (errno != ENOENT) return errno;
  for (i = 0; path[i] && i < 4095; i++) {
    parent[i] = path[i];
    if (path[i] == '/') last = i;
  }
  if (last == 0) return ENOENT;
  parent[last] = 0;
  i = make_directories(parent, 0755);
  if (i) return i;
  return mkdir(path, mode) == 0 || errno == EEXIST ? 0 : errno;
}

static int write_text(const char *path, int mode, const char *text) {
  // What was there may be a link, or a file that somebody has open: it is replaced.
  unlink(path);
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode);
  if (fd < 0) return errno;
  int length = text_length(text), done = 0, failure = 0;
  while (done < length && !failure) {
    long count = write(fd, text + done, length - done);
    if (count < 0) failure = errno;
    else done += count;
  }
  close(fd);
  return failure;
}

// Adds attributes (read-only, nosuid, nodev, noexec: 1, 2, 4, 8) to a mount. What the mount has stays: a user namespace
// may not take it away.
static int restrict_mount(const char *path, int attributes, int recursive) {
  unsigned long long wanted[4] = {0, 0, 0, 0};
  wanted[0] = attributes;
  if (syscall(SYS_mount_setattr, (long)AT_FDCWD, path, (long)(recursive ? AT_RECURSIVE : 0), wanted, 32L) == 0) return 0;
  if (errno != ENOSYS) return errno;
  long long status[32];
  if (statfs(path, status) != 0) return errno;
  long has = status[10];
  unsigned long flags = MS_REMOUNT | MS_BIND | attributes | (has & (15 | MS_NOATIME | MS_NODIRATIME));
  if (has & 4096) flags |= MS_RELATIME;
  return mount(0, path, 0, flags, 0) == 0 ? 0 : errno;
}

static int loopback_up(void) {
  char request[40];
  int i, fd = socket(2, 2 | O_CLOEXEC, 0), failure = 0;
  if (fd < 0) return errno;
  for (i = 0; i < 40; i++) request[i] = 0;
  request[0] = 'l';
  request[1] = 'o';
  if (ioctl(fd, 0x8913UL, request) != 0) failure = errno;
  request[16] |= 1;
  if (!failure && ioctl(fd, 0x8914UL, request) != 0) failure = errno;
  close(fd);
  return failure;
}

static int change_root(const char *root, int move) {
  if (mount(0, "/", 0, MS_REC | MS_PRIVATE, 0) != 0) return errno;
  if (mount(root, root, 0, MS_BIND, 0) != 0) return errno;
  if (chdir(root) != 0) return errno;
  slots[OLD_ROOT] = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (slots[OLD_ROOT] < 0) return errno;
  if (!move) return chroot(".") == 0 ? 0 : errno;
  // The old root lies over the new one, where no path leads to it; it is let go when all is mounted.
  return syscall(SYS_pivot_root, ".", ".") == 0 ? 0 : errno;
}

static int do_step(char op, const char **at) {
  const char *a, *b, *c;
  int n, m, failure;
  switch (op) {
  case 'R': // root, move: from here on absolute paths are those of the new root
    a = field(at);
    return change_root(a, number(field(at), 10));
  case 'd': // path, mode
    a = field(at);
    return make_directories(a, number(field(at), 8));
  case 'f': // path: an empty file to mount something on
    n = open(field(at), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (n < 0) return errno;
    close(n);
    return 0;
  case 'w': // path, mode, text
    a = field(at);
    n = number(field(at), 8);
    return write_text(a, n, field(at));
  case 'l': // target, path: a link, instead of one that is there
    a = field(at);
    b = field(at);
    unlink(b);
    return symlink(a, b) == 0 || errno == EEXIST ? 0 : errno;
  case 'b': // slot, relative source, target, attributes, recursive
    n = number(field(at), 10);
    a = field(at);
    b = field(at);
    m = number(field(at), 10);
    c = field(at);
    if (n != standing_in && fchdir(slots[n]) != 0) return errno;
    standing_in = n;
    failure = mount(a, b, 0, MS_BIND | (*c == '1' ? MS_REC : 0), 0) == 0 ? 0 : errno;
    if (failure || m == 0) return failure;
    return restrict_mount(b, m, *c == '1');
  case 'm': // type, target, flags, data
    a = field(at);
    b = field(at);
    n = number(field(at), 10);
    c = field(at);
    return mount(a, b, a, n, c) == 0 ? 0 : errno;
  case 'r': // path, attributes: of a mount that is there
    a = field(at);
    return restrict_mount(a, number(field(at), 10), 0);
  case 'k': // path, slot: keeps a way to what is there, whatever is mounted over it
    a = field(at);
    n = number(field(at), 10);
    slots[n] = open(a, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (standing_in == n) standing_in = -1;
    return slots[n] < 0 ? errno : 0;
  case 'n':
    return loopback_up();
  case 'z': // the old root is let go
    if (fchdir(slots[OLD_ROOT]) != 0) return errno;
    failure = umount2(".", MNT_DETACH) == 0 ? 0 : errno;
    close(slots[OLD_ROOT]);
    slots[OLD_ROOT] = standing_in = -1;
    chdir("/");
    return failure;
  case 'c': // the old root is let go where it is not below (chroot)
    close(slots[OLD_ROOT]);
    slots[OLD_ROOT] = standing_in = -1;
    return chdir("/") == 0 ? 0 : errno;
  }
  return ENOSYS;
}

// Does steps until one fails that must not. Gives its error number and where it stands.
static int do_steps(const char *at, const char **failed) {
  while (*at) {
    const char *start = at;
    int must = *field(&at) == '!';
    char op = *field(&at);
    const char *arguments = at;
    int failure = do_step(op, &at);
    // A step that gave up early has not read all its fields: their number is known by the operation.
    if (failure && must) {
      *failed = start;
      return failure;
    }
    static const char ops[] = "R2d2f1w3l2b5m4r2k2n0z0c0";
    int i, count = 0;
    for (i = 0; ops[i]; i += 2) if (ops[i] == op) count = ops[i + 1] - '0';
    at = arguments;
    while (count-- > 0) field(&at);
  }
  return 0;
}

static void put_number(int fd, int value) {
  char digits[12];
  int at = 12;
  do digits[--at] = '0' + value % 10; while (value /= 10);
  write(fd, digits + at, 12 - at);
}

// `<error number> <what>` on the report pipe; what is at most three fields.
static void report(int fd, int failure, const char *what, int fields) {
  put_number(fd, failure);
  while (fields-- > 0) {
    write(fd, " ", 1);
    write(fd, what, text_length(what));
    what += text_length(what) + 1;
  }
}

static void close_between(int first, int last) {
  int fd;
  if (first > last) return;
  if (syscall(SYS_close_range, (long)first, (long)last, 0L) == 0) return;
  for (fd = first; fd <= last && fd < 4096; fd++) close(fd);
}

#define LAST_FD 0x7fffffff

// Closes all but these; those below 0 are none.
static void close_others(const int *kept, int count) {
  int first = 0, i, next;
  for (;;) {
    next = LAST_FD;
    for (i = 0; i < count; i++) if (kept[i] >= first && kept[i] < next) next = kept[i];
    if (next == LAST_FD) break;
    close_between(first, next - 1);
    first = next + 1;
  }
  close_between(first, LAST_FD);
}

static void drop_capabilities(const int *config) {
  u32 header[2] = {0x20080522, 0};
  u32 data[6];
  int i;
  for (i = 0; i < 64; i++) {
    u32 kept = i < 32 ? (u32)config[KEEP_LOW] >> i : (u32)config[KEEP_HIGH] >> (i - 32);
    if (!(kept & 1)) prctl(24, (long)i, 0L, 0L, 0L); // PR_CAPBSET_DROP; fails for those the kernel does not know
  }
  data[0] = data[1] = config[KEEP_LOW];
  data[3] = data[4] = config[KEEP_HIGH];
  data[2] = data[5] = 0;
  syscall(SYS_capset, header, data);
}

// The program itself. Comes back never.
static void become(const int *config, char **argv, char **envp, void *filter) {
  int i, given[3], told;
  long nothing[16];
  for (i = 0; i < 16; i++) nothing[i] = 0;
  umask(022);
  setsid();
  if (config[TERMINAL] >= 0) ioctl(config[TERMINAL], 0x540EUL, 0L); // TIOCSCTTY
  for (i = 0; i < 3; i++) given[i] = fcntl(config[IN + i], 0, 64L); // F_DUPFD
  told = fcntl(config[REPORT], 1030, 64L);                         // F_DUPFD_CLOEXEC
  for (i = 0; i < 3; i++) dup2(given[i], i);
  dup2(told, 3);
  fcntl(3, 2, 1L); // F_SETFD, FD_CLOEXEC
  close_between(4, LAST_FD);
  for (i = 1; i <= 64; i++) if (i != SIGKILL && i != 19) signal(i, 0);
  syscall(SYS_rt_sigprocmask, 2L, nothing, 0L, 8L);
  if (config[DROP]) {
    drop_capabilities(config);
    if (prctl(38, 1L, 0L, 0L, 0L) != 0) { // PR_SET_NO_NEW_PRIVS
      report(3, errno, "no_new_privs", 1);
      _exit(125);
    }
  }
  if (config[FILTER_LENGTH] > 0) {
    struct { unsigned short length; void *filter; } program;
    program.length = config[FILTER_LENGTH];
    program.filter = filter;
    if (prctl(22, 2L, &program, 0L, 0L) != 0) { // PR_SET_SECCOMP, SECCOMP_MODE_FILTER
      report(3, errno, "seccomp", 1);
      _exit(125);
    }
  }
  execve(argv[0], argv, envp);
  report(3, errno, argv[0], 1);
  _exit(127);
}

static i64 now_ms(void) {
  i64 time[2];
  clock_gettime(1, time);
  return time[0] * 1000 + time[1] / 1000000;
}

// A message of the outside: its length, then steps. The answer is an error number.
static int serve_control(int fd) {
  static char message[65536];
  int length, done = 0, failure;
  const char *failed = 0;
  if (read(fd, &length, 4) != 4 || length <= 0 || length >= 65535) return 0;
  while (done < length) {
    long count = read(fd, message + done, length - done);
    if (count <= 0) return 0;
    done += count;
  }
  message[length] = 0;
  failure = do_steps(message, &failed);
  return write(fd, &failure, 4) == 4;
}

// Process 1: until the program has ended and what it left behind is gone.
static void keep_house(const int *config, int program) {
  struct { int fd; short events, revents; } ready[2];
  unsigned long mask[1];
  u32 information[32];
  int i, fd, status = 0, ended = 0, control = config[CONTROL], kept[SLOTS + 2];
  i64 deadline = 0;
  for (i = 0; i < SLOTS; i++) kept[i] = slots[i];
  kept[SLOTS] = control;
  kept[SLOTS + 1] = config[LOCK];
  close_others(kept, SLOTS + 2);
  mask[0] = ~0UL;
  fd = syscall(SYS_signalfd4, -1L, mask, 8L, (long)O_CLOEXEC);
  for (;;) {
    ready[0].fd = fd;
    ready[1].fd = control;
    ready[0].events = ready[1].events = 1;
    ready[0].revents = ready[1].revents = 0;
    poll(ready, 2, ended ? 20 : -1);
    if (ready[0].revents & 1) {
      read(fd, information, 128);
      if (information[0] == SIGCHLD) {
        int pid, how;
        while ((pid = waitpid(-1, &how, WNOHANG)) > 0)
          if (pid == program) {
            ended = 1;
            status = (how & 127) ? 128 + (how & 127) : (how >> 8) & 255;
          }
      } else if (!ended) kill(-program, information[0]);
    }
    if (ready[1].revents) {
      if (!(ready[1].revents & 1) || !serve_control(control)) {
        // Nobody is outside any more.
        close(control);
        control = -1;
        if (!ended) _exit(129);
      }
    }
    if (!ended) continue;
    if (kill(-1, 0) != 0) _exit(status);
    if (deadline == 0) {
      deadline = now_ms() + config[GRACE_MS];
      kill(-1, SIGTERM);
      kill(-1, SIGCONT);
    } else if (now_ms() > deadline) _exit(status); // the kernel ends the rest with us
  }
}

static void inside(const int *config, const char *steps, char **argv, char **envp, void *filter) {
  char go;
  int program, failure;
  unsigned long mask[1];
  const char *failed = 0;
  for (program = 0; program < SLOTS; program++) slots[program] = -1;
  standing_in = -1;
  umask(0); // modes are meant as they are given
  prctl(1, (long)SIGKILL, 0L, 0L, 0L); // PR_SET_PDEATHSIG: the outside gone, all of this goes
  close(config[GO_OTHER]);
  if (read(config[GO], &go, 1) != 1) _exit(125);
  if (config[BECOME_ROOT] && (syscall(SYS_setresgid, 0L, 0L, 0L) != 0 || syscall(SYS_setresuid, 0L, 0L, 0L) != 0)) {
    report(config[REPORT], errno, "setresuid", 1);
    _exit(125);
  }
  prctl(1, (long)SIGKILL, 0L, 0L, 0L); // again: another identity forgets it
  prctl(4, 0L, 0L, 0L, 0L);            // PR_SET_DUMPABLE: nobody in the room looks into its process 1
  mask[0] = ~0UL;
  syscall(SYS_rt_sigprocmask, 2L, mask, 0L, 8L);
  failure = do_steps(steps, &failed);
  if (failure) {
    report(config[REPORT], failure, failed, 4);
    _exit(125);
  }
  program = syscall(SYS_clone, (long)SIGCHLD, 0L, 0L, 0L, 0L);
  if (program == 0) become(config, argv, envp, filter);
  if (program < 0) {
    report(config[REPORT], errno, "fork", 1);
    _exit(125);
  }
  keep_house(config, program);
}

/* The pid of process 1 of the room, or a negative error number. */
int room_start(const int *config, const char *steps, char **argv, char **envp, void *filter) {
  long pid = syscall(SYS_clone, (long)config[FLAGS], 0L, 0L, 0L, 0L);
  if (pid < 0) return -errno;
  if (pid == 0) inside(config, steps, argv, envp, filter);
  return pid;
}
