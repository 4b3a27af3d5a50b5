// Runs one command to its end and says what it cost, all of its descendants included.
//
//   run-command program argument …
//
// One line of JSON goes to file descriptor 3: the exit code, nanoseconds of CPU time (user and system) and of wall time,
// and the most memory that one of the processes held, in bytes. Node cannot say what its children cost; a process as
// small as this one adds nothing to their memory, which Linux inherits from whoever starts them.
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <ctime>

namespace {

constexpr int report = 3;

int64_t nanoseconds(const timeval& time) { return int64_t(time.tv_sec) * 1'000'000'000 + int64_t(time.tv_usec) * 1'000; }

int64_t now() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return int64_t(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

int fail(const char* what) {
  perror(what);
  return 1;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2 || fcntl(report, F_SETFD, FD_CLOEXEC) != 0) return fail("run-command");
  // A process that outlives its parent becomes ours, and is counted.
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  const int64_t start = now();
  const pid_t child = fork();
  if (child < 0) return fail("fork");
  if (child == 0) {
    execvp(arguments[1], arguments + 1);
    perror(arguments[1]);
    _exit(127);
  }
  int exitCode = 0;
  for (int status = 0;;) {
    const pid_t ended = wait(&status);
    if (ended < 0 && errno == EINTR) continue;
    if (ended < 0) break;
    if (ended == child) exitCode = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  const int64_t wall = now() - start;
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);
  dprintf(report, "{\"exitCode\":%d,\"cpuNs\":%lld,\"wallNs\":%lld,\"peakBytes\":%lld}\n", exitCode,
          static_cast<long long>(nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime)), static_cast<long long>(wall),
          static_cast<long long>(usage.ru_maxrss) * 1'024);
  return 0;
}
