// The load generator of the benchmarks: WebSocket clients on one epoll loop, one thread.
//
//   generator MODE --option value …
//
//   request    closed loop: every connection keeps --in-flight requests outstanding; with --rate an open loop
//   broadcast  connection 0 keeps --in-flight broadcasts outstanding; each counts when all connections have it
//   handshake  --connections at a time: connect, upgrade, close, wait for the end
//   idle       opens --connections, says "open", and waits for a line on standard input
//   start      runs the command after "--" and measures the time until it has answered the first request
//
// Every byte that comes back is compared with what must come back; the first difference ends the run with exit code 1.
// The result is one line of JSON on standard output. Times are nanoseconds.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <deque>
#include <map>
#include <string>
#include <vector>

namespace {

[[noreturn]] void fail(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
  _exit(1);
}

int64_t readClock(clockid_t clock) {
  timespec time{};
  if (clock_gettime(clock, &time) != 0) return 0;
  return int64_t(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

int64_t now() { return readClock(CLOCK_MONOTONIC); }

// ---------------------------------------------------------------------------------------------------------- options

class Options {
 public:
  Options(int count, char** values) {
    mode = count > 1 ? values[1] : "";
    for (int at = 2; at < count; at += 2) {
      std::string name = values[at];
      if (name == "--") {
        command = values + at + 1;
        return;
      }
      if (at + 1 >= count) fail("%s needs a value", name.c_str());
      texts_[name.substr(2)] = values[at + 1];
    }
  }

  std::string text(const std::string& name, const std::string& fallback = "") const {
    auto found = texts_.find(name);
    return found == texts_.end() ? fallback : found->second;
  }

  int64_t number(const std::string& name, int64_t fallback) const {
    auto found = texts_.find(name);
    return found == texts_.end() ? fallback : atoll(found->second.c_str());
  }

  std::string mode;
  char** command = nullptr;

 private:
  std::map<std::string, std::string> texts_;
};

/** A text around the number that counts messages: `{"id":$ID}`. */
struct Template {
  std::string before, after;

  explicit Template(const std::string& text) {
    size_t at = text.find("$ID");
    if (at == std::string::npos) {
      before = text;
    } else {
      before = text.substr(0, at);
      after = text.substr(at + 3);
    }
  }

  void fill(uint64_t id, std::string& into) const {
    into.assign(before);
    into.append(std::to_string(id));
    into.append(after);
  }
};

// -------------------------------------------------------------------------------------------------------- histogram

/** Times in buckets that are at most 1/64 wide. */
class Histogram {
 public:
  void add(int64_t time) {
    counts_[bucketOf(std::max<int64_t>(time, 0))] += 1;
    total_ += 1;
  }

  /** The upper bound of the bucket in which this share of the times ends. */
  int64_t percentile(double share) const {
    uint64_t wanted = std::max<uint64_t>(1, uint64_t(share * double(total_) + 0.5)), seen = 0;
    for (size_t bucket = 0; bucket < counts_.size(); bucket++) {
      seen += counts_[bucket];
      if (seen >= wanted) return upperBound(bucket);
    }
    return 0;
  }

  uint64_t total() const { return total_; }

 private:
  static constexpr int kBits = 6;
  std::vector<uint64_t> counts_ = std::vector<uint64_t>(64 << kBits);
  uint64_t total_ = 0;

  static size_t bucketOf(uint64_t value) {
    if (value < (1u << kBits)) return value;
    int shift = 63 - __builtin_clzll(value) - kBits;
    return (size_t(shift + 1) << kBits) + ((value >> shift) - (1u << kBits));
  }

  static int64_t upperBound(size_t bucket) {
    if (bucket < (1u << kBits)) return int64_t(bucket);
    int shift = int(bucket >> kBits) - 1;
    return int64_t((((bucket & ((1u << kBits) - 1)) + (1u << kBits) + 1) << shift) - 1);
  }
};

// ---------------------------------------------------------------------------------------------------------- clients

enum class State { connecting, upgrading, greeting, open, closing, done };

struct Client {
  int fd = -1;
  SSL* tls = nullptr;
  int index = 0;
  State state = State::done;
  bool isWaitingToWrite = false;
  bool hasCloseFrame = false;
  std::string in;
  std::string out;
  uint64_t nextRequest = 1, nextReply = 1;
  std::deque<int64_t> sentAt;
  int64_t startedAt = 0;
};

/** What differs between the modes. */
class Scenario {
 public:
  virtual ~Scenario() = default;
  /** The handshake and the greeting of the protocol are done. */
  virtual void opened(Client&) {}
  virtual void message(Client&, const char* payload, size_t length, int64_t time) = 0;
  /** The server has closed: after its close frame (`isClean`) or without one. */
  virtual void ended(Client&, bool isClean) = 0;
  /** Called after each round of events. False: the run is over. */
  virtual bool tick(int64_t time) = 0;
  /** Milliseconds that the loop may sleep. */
  virtual int patience(int64_t) { return 50; }
};

class Loop {
 public:
  explicit Loop(const Options& options)
      : greeting_(options.text("greeting")),
        hello_(options.text("hello")),
        welcome_(options.text("welcome")),
        ping_(options.text("ping")),
        pong_(options.text("pong")),
        accept_(options.text("accept")) {
    epoll_ = epoll_create1(0);
    address_.sin_family = AF_INET;
    address_.sin_port = htons(uint16_t(options.number("port", 0)));
    inet_pton(AF_INET, "127.0.0.1", &address_.sin_addr);
    upgrade_ = "GET " + options.text("path", "/") +
               " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
               "Sec-WebSocket-Key: " + options.text("key") + "\r\nSec-WebSocket-Version: 13\r\n\r\n";
    buffer_.resize(1 << 18);
    if (options.number("tls", 0) == 0) return;
    tls_ = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_min_proto_version(tls_, TLS1_3_VERSION);
    SSL_CTX_set_mode(tls_, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  }

  void run(Scenario& scenario) {
    scenario_ = &scenario;
    std::vector<epoll_event> events(4096);
    while (scenario.tick(now())) {
      int count = epoll_wait(epoll_, events.data(), int(events.size()), scenario.patience(now()));
      if (count < 0 && errno != EINTR) fail("epoll_wait: %s", strerror(errno));
      for (int at = 0; at < count; at++) {
        Client& client = *static_cast<Client*>(events[at].data.ptr);
        if (client.state != State::done && (events[at].events & EPOLLOUT)) writable(client);
        if (client.state != State::done && (events[at].events & (EPOLLIN | EPOLLHUP | EPOLLERR))) readable(client);
      }
    }
  }

  void connect(Client& client) {
    client.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (client.fd < 0) fail("socket: %s", strerror(errno));
    int on = 1;
    setsockopt(client.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    client.in.clear();
    client.out.clear();
    client.state = State::connecting;
    client.isWaitingToWrite = true;
    client.hasCloseFrame = false;
    client.startedAt = now();
    if (::connect(client.fd, reinterpret_cast<sockaddr*>(&address_), sizeof address_) < 0 && errno != EINPROGRESS) {
      fail("connect: %s", strerror(errno));
    }
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT;
    event.data.ptr = &client;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, client.fd, &event);
    if (tls_ == nullptr) return;
    client.tls = SSL_new(tls_);
    SSL_set_fd(client.tls, client.fd);
    SSL_set_connect_state(client.tls);
  }

  /** Appends a masked frame (RFC 6455 §5.3) to what the client sends. */
  void frame(Client& client, unsigned char opcode, const char* payload, size_t length) {
    unsigned char head[14];
    size_t size = 2;
    head[0] = 0x80 | opcode;
    if (length < 126) {
      head[1] = 0x80 | (unsigned char)length;
    } else if (length < 65536) {
      head[1] = 0x80 | 126;
      head[2] = (unsigned char)(length >> 8);
      head[3] = (unsigned char)length;
      size = 4;
    } else {
      head[1] = 0x80 | 127;
      for (int at = 0; at < 8; at++) head[2 + at] = (unsigned char)(uint64_t(length) >> (56 - 8 * at));
      size = 10;
    }
    seed_ = seed_ * 1664525 + 1013904223;
    memcpy(head + size, &seed_, 4);
    const unsigned char* mask = head + size;
    client.out.append(reinterpret_cast<char*>(head), size + 4);
    size_t start = client.out.size();
    client.out.append(payload, length);
    char* bytes = client.out.data() + start;
    for (size_t at = 0; at < length; at++) bytes[at] ^= char(mask[at & 3]);
  }

  void flush(Client& client) {
    while (!client.out.empty()) {
      ssize_t sent = write(client);
      if (sent < 0) {
        if (errno == EAGAIN) break;
        fail("send: %s", strerror(errno));
      }
      client.out.erase(0, size_t(sent));
    }
    watchWrite(client, !client.out.empty());
  }

  void close(Client& client) {
    if (client.tls != nullptr) SSL_free(client.tls);
    client.tls = nullptr;
    ::close(client.fd);
    client.state = State::done;
  }

 private:
  int epoll_;
  sockaddr_in address_{};
  std::string greeting_, hello_, welcome_, ping_, pong_, accept_, upgrade_;
  std::vector<char> buffer_;
  Scenario* scenario_ = nullptr;
  SSL_CTX* tls_ = nullptr;
  uint32_t seed_ = 0x9e3779b9;

  /** As `send`, through TLS where it is on. */
  ssize_t write(Client& client) {
    if (client.tls == nullptr) return send(client.fd, client.out.data(), client.out.size(), MSG_NOSIGNAL);
    return asErrno(client, SSL_write(client.tls, client.out.data(), int(client.out.size())));
  }

  /** As `recv`, through TLS where it is on. */
  ssize_t read(Client& client) {
    if (client.tls == nullptr) return recv(client.fd, buffer_.data(), buffer_.size(), 0);
    return asErrno(client, SSL_read(client.tls, buffer_.data(), int(buffer_.size())));
  }

  ssize_t asErrno(Client& client, int result) {
    if (result > 0) return result;
    int error = SSL_get_error(client.tls, result);
    ERR_clear_error();
    if (error == SSL_ERROR_ZERO_RETURN) return 0;
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) errno = EAGAIN;
    else if (error != SSL_ERROR_SYSCALL || errno == 0) errno = ECONNRESET;
    return -1;
  }

  void watchWrite(Client& client, bool isWaiting) {
    if (client.isWaitingToWrite == isWaiting) return;
    client.isWaitingToWrite = isWaiting;
    epoll_event event{};
    event.events = EPOLLIN | (isWaiting ? EPOLLOUT : 0u);
    event.data.ptr = &client;
    epoll_ctl(epoll_, EPOLL_CTL_MOD, client.fd, &event);
  }

  void writable(Client& client) {
    if (client.state == State::connecting) {
      int error = 0;
      socklen_t size = sizeof error;
      getsockopt(client.fd, SOL_SOCKET, SO_ERROR, &error, &size);
      if (error != 0) fail("connect: %s", strerror(error));
      client.state = State::upgrading;
      client.out = upgrade_;
    }
    flush(client);
  }

  void readable(Client& client) {
    do {
      take(client);
    } while (client.state != State::done && client.tls != nullptr && SSL_pending(client.tls) > 0);
  }

  void take(Client& client) {
    ssize_t size = read(client);
    if (size < 0) {
      if (errno == EAGAIN) return;
      if (errno != ECONNRESET) fail("recv: %s", strerror(errno));
      size = 0;
    }
    if (size == 0) {
      close(client);
      scenario_->ended(client, client.hasCloseFrame);
      return;
    }
    int64_t time = now();
    if (client.in.empty()) {
      size_t used = consume(client, buffer_.data(), size_t(size), time);
      if (client.state != State::done) client.in.assign(buffer_.data() + used, size_t(size) - used);
    } else {
      client.in.append(buffer_.data(), size_t(size));
      std::string whole;
      whole.swap(client.in);
      size_t used = consume(client, whole.data(), whole.size(), time);
      if (client.state != State::done) client.in.assign(whole, used, std::string::npos);
    }
    if (client.state != State::done) flush(client);
  }

  size_t consume(Client& client, const char* bytes, size_t size, int64_t time) {
    size_t used = 0;
    if (client.state == State::upgrading) {
      used = readUpgrade(client, bytes, size);
      if (used == 0) return 0;
    }
    while (client.state != State::done) {
      size_t frame = readFrame(client, bytes + used, size - used, time);
      if (frame == 0) break;
      used += frame;
    }
    return used;
  }

  size_t readUpgrade(Client& client, const char* bytes, size_t size) {
    static const char blank[] = "\r\n\r\n";
    const char* end = std::search(bytes, bytes + size, blank, blank + 4);
    if (end == bytes + size) return 0;
    std::string head(bytes, end);
    if (head.compare(0, 12, "HTTP/1.1 101") != 0) fail("the handshake was answered with: %s", head.c_str());
    if (head.find(accept_) == std::string::npos) fail("wrong Sec-WebSocket-Accept in: %s", head.c_str());
    client.state = State::greeting;
    if (greeting_.empty()) open(client);
    return size_t(end - bytes) + 4;
  }

  void open(Client& client) {
    client.state = State::open;
    scenario_->opened(client);
  }

  /** Returns the bytes of the frame, 0 when it is not complete. */
  size_t readFrame(Client& client, const char* bytes, size_t size, int64_t time) {
    if (size < 2) return 0;
    auto byte = [&](size_t at) { return uint64_t((unsigned char)bytes[at]); };
    size_t head = 2;
    uint64_t length = byte(1);
    if (length > 127) fail("a frame of the server is masked");
    if (length == 126) {
      if (size < 4) return 0;
      length = byte(2) << 8 | byte(3);
      head = 4;
    } else if (length == 127) {
      if (size < 10) return 0;
      length = 0;
      for (int at = 2; at < 10; at++) length = length << 8 | byte(size_t(at));
      head = 10;
    }
    if (size < head + length) return 0;
    handle(client, byte(0), bytes + head, length, time);
    return head + length;
  }

  void handle(Client& client, uint64_t first, const char* payload, size_t length, int64_t time) {
    if (first == 0x81) {
      text(client, payload, length, time);
    } else if (first == 0x89) {
      frame(client, 10, payload, length);
    } else if (first == 0x88) {
      if (client.state != State::closing) frame(client, 8, payload, length);
      client.state = State::closing;
      client.hasCloseFrame = true;
    } else if (first != 0x8a) {
      fail("unexpected frame: %02x", unsigned(first));
    }
  }

  void text(Client& client, const char* payload, size_t length, int64_t time) {
    auto begins = [&](const std::string& with) {
      return length >= with.size() && memcmp(payload, with.data(), with.size()) == 0;
    };
    if (!ping_.empty() && length == ping_.size() && begins(ping_)) {
      frame(client, 1, pong_.data(), pong_.size());
    } else if (client.state == State::greeting) {
      // Some protocols say hello before they serve: the server's greeting, the client's hello, the server's welcome.
      if (!welcome_.empty() && begins(welcome_)) open(client);
      else if (begins(greeting_)) frame(client, 1, hello_.data(), hello_.size());
      else fail("unexpected greeting: %.*s", int(std::min<size_t>(length, 300)), payload);
    } else {
      scenario_->message(client, payload, length, time);
    }
  }
};

// ------------------------------------------------------------------------------------------------------ measurement

/** The part of a run that counts: after the warm-up, for a time. */
class Window {
 public:
  Window(const Options& options)
      : warmup_(options.number("warmup-ms", 0) * 1'000'000), length_(options.number("measure-ms", 1'000) * 1'000'000) {
    pid_t pid = pid_t(options.number("server-pid", 0));
    hasServer_ = pid > 0 && clock_getcpuclockid(pid, &serverClock_) == 0;
  }

  void begin(int64_t time) {
    startsAt_ = time + warmup_;
    endsAt_ = startsAt_ + length_;
  }

  bool hasBegun() const { return startsAt_ != 0; }

  /** Reads the clocks at the borders. False: the window is over. */
  bool tick(int64_t time) {
    if (!hasBegun()) return true;
    if (!isOpen_ && openedAt_ == 0 && time >= startsAt_) {
      isOpen_ = true;
      openedAt_ = time;
      server_ = cpuOfServer();
      own_ = readClock(CLOCK_PROCESS_CPUTIME_ID);
      beginSlice(time);
    }
    if (isOpen_ && time >= sliceEndsAt_) endSlice(time);
    if (isOpen_ && time >= endsAt_) finish(time);
    return !isOver_;
  }

  void count(int64_t latency, uint64_t units = 1) {
    if (!isOpen_) return;
    latencies_.add(latency);
    units_ += units;
  }

  int64_t end() const { return endsAt_; }

  void finish(int64_t time) {
    isOpen_ = false;
    isOver_ = true;
    seconds_ = double(time - openedAt_) / 1e9;
    server_ = cpuOfServer() - server_;
    own_ = readClock(CLOCK_PROCESS_CPUTIME_ID) - own_;
  }

  void print() const {
    printf("{\"count\":%llu,\"seconds\":%.6f,\"perSecond\":%.1f,", (unsigned long long)units_, seconds_,
           double(units_) / seconds_);
    printf("\"p50\":%lld,\"p99\":%lld,\"p999\":%lld,", (long long)latencies_.percentile(0.5),
           (long long)latencies_.percentile(0.99), (long long)latencies_.percentile(0.999));
    printf("\"serverCpu\":%lld,\"quietCpu\":%.1f,\"generatorCpu\":%lld}\n", (long long)server_, quietCpu(),
           (long long)own_);
  }

 private:
  int64_t warmup_, length_, startsAt_ = 0, endsAt_ = 0, openedAt_ = 0, server_ = 0, own_ = 0;
  bool isOpen_ = false, isOver_ = false, hasServer_ = false;
  clockid_t serverClock_{};
  double seconds_ = 0;
  uint64_t units_ = 0;
  Histogram latencies_;

  static constexpr int64_t kSlice = 20'000'000;
  int64_t sliceEndsAt_ = 0, sliceCpu_ = 0;
  uint64_t sliceUnits_ = 0;
  std::vector<double> slices_;

  void beginSlice(int64_t time) {
    sliceEndsAt_ = time + kSlice;
    sliceCpu_ = cpuOfServer();
    sliceUnits_ = units_;
  }

  void endSlice(int64_t time) {
    if (units_ > sliceUnits_) slices_.push_back(double(cpuOfServer() - sliceCpu_) / double(units_ - sliceUnits_));
    beginSlice(time);
  }

  /** The CPU time of a unit while nothing else disturbs the caches: the tenth percentile of slices of 20 ms. */
  double quietCpu() const {
    if (slices_.empty()) return 0;
    std::vector<double> sorted = slices_;
    std::sort(sorted.begin(), sorted.end());
    return sorted[sorted.size() / 10];
  }

  int64_t cpuOfServer() const { return hasServer_ ? readClock(serverClock_) : 0; }
};

void expectText(const std::string& expected, const char* payload, size_t length) {
  if (length == expected.size() && memcmp(payload, expected.data(), length) == 0) return;
  fail("wrong reply\n  expected: %.400s\n  received: %.*s", expected.c_str(), int(std::min<size_t>(length, 400)), payload);
}

/** Opens the clients, some at a time, so that the server's backlog holds them. */
class Crowd {
 public:
  Crowd(Loop& loop, size_t size) : loop_(loop), clients_(size) {
    for (size_t at = 0; at < size; at++) clients_[at].index = int(at);
  }

  void openMore() {
    while (begun_ < clients_.size() && begun_ - open_ < 64) loop_.connect(clients_[begun_++]);
  }

  /** True when that was the last. */
  bool opened() {
    open_ += 1;
    return open_ == clients_.size();
  }

  std::vector<Client>& clients() { return clients_; }

 private:
  Loop& loop_;
  std::vector<Client> clients_;
  size_t begun_ = 0, open_ = 0;
};

// ------------------------------------------------------------------------------------------------------------ modes

class Requests : public Scenario {
 public:
  Requests(Loop& loop, const Options& options)
      : loop_(loop),
        window_(options),
        crowd_(loop, size_t(options.number("connections", 1))),
        inFlight_(options.number("in-flight", 1)),
        rate_(double(options.number("rate", 0))),
        request_(options.text("request")),
        reply_(options.text("reply")) {}

  void opened(Client&) override {
    if (!crowd_.opened()) return;
    int64_t time = now();
    window_.begin(time);
    startedAt_ = time;
    if (rate_ > 0) return;
    for (Client& client : crowd_.clients()) {
      for (int64_t at = 0; at < inFlight_; at++) ask(client, time);
      loop_.flush(client);
    }
  }

  void message(Client& client, const char* payload, size_t length, int64_t time) override {
    reply_.fill(client.nextReply++, expected_);
    expectText(expected_, payload, length);
    if (client.sentAt.empty()) fail("a reply to nothing: %.*s", int(length), payload);
    window_.count(time - client.sentAt.front());
    client.sentAt.pop_front();
    if (rate_ == 0) ask(client, time);
  }

  void ended(Client&, bool) override { fail("the server closed a connection"); }

  bool tick(int64_t time) override {
    crowd_.openMore();
    if (rate_ > 0 && window_.hasBegun()) askWhatIsDue(time);
    if (window_.tick(time)) return true;
    window_.print();
    return false;
  }

  int patience(int64_t) override { return rate_ > 0 && window_.hasBegun() ? 0 : 50; }

 private:
  Loop& loop_;
  Window window_;
  Crowd crowd_;
  int64_t inFlight_, startedAt_ = 0;
  double rate_;
  uint64_t asked_ = 0;
  Template request_, reply_;
  std::string expected_, text_;

  void ask(Client& client, int64_t dueAt) {
    request_.fill(client.nextRequest++, text_);
    client.sentAt.push_back(dueAt);
    loop_.frame(client, 1, text_.data(), text_.size());
  }

  /** An open loop does not wait for the server: a request is late from the moment on at which it was due. */
  void askWhatIsDue(int64_t time) {
    auto& clients = crowd_.clients();
    uint64_t due = uint64_t(double(time - startedAt_) * rate_ / 1e9);
    for (; asked_ < due; asked_++) {
      Client& client = clients[asked_ % clients.size()];
      ask(client, startedAt_ + int64_t(double(asked_ + 1) * 1e9 / rate_));
      loop_.flush(client);
    }
  }
};

class Broadcasts : public Scenario {
 public:
  Broadcasts(Loop& loop, const Options& options)
      : loop_(loop),
        window_(options),
        crowd_(loop, size_t(options.number("connections", 1))),
        inFlight_(uint64_t(options.number("in-flight", 1))),
        request_(options.text("broadcast")),
        event_(options.text("event")),
        received_(inFlight_),
        sentAt_(inFlight_) {}

  void opened(Client&) override {
    if (!crowd_.opened()) return;
    window_.begin(now());
    allowed_ = inFlight_;
  }

  void message(Client& client, const char* payload, size_t length, int64_t time) override {
    uint64_t id = client.nextReply++;
    event_.fill(id, expected_);
    expectText(expected_, payload, length);
    size_t slot = id % inFlight_;
    if (++received_[slot] < crowd_.clients().size()) return;
    received_[slot] = 0;
    window_.count(time - sentAt_[slot], crowd_.clients().size());
    allowed_ += 1;
  }

  void ended(Client&, bool) override { fail("the server closed a connection"); }

  bool tick(int64_t time) override {
    crowd_.openMore();
    sendWhatIsAllowed(time);
    if (window_.tick(time)) return true;
    window_.print();
    return false;
  }

 private:
  Loop& loop_;
  Window window_;
  Crowd crowd_;
  uint64_t inFlight_, allowed_ = 0;
  Template request_, event_;
  std::vector<size_t> received_;
  std::vector<int64_t> sentAt_;
  std::string expected_, text_;

  void sendWhatIsAllowed(int64_t time) {
    if (allowed_ == 0) return;
    Client& sender = crowd_.clients().front();
    for (; allowed_ > 0; allowed_--) {
      uint64_t id = sender.nextRequest++;
      sentAt_[id % inFlight_] = time;
      request_.fill(id, text_);
      loop_.frame(sender, 1, text_.data(), text_.size());
    }
    loop_.flush(sender);
  }
};

class Handshakes : public Scenario {
 public:
  Handshakes(Loop& loop, const Options& options)
      : loop_(loop), window_(options), clients_(size_t(options.number("connections", 1))) {
    window_.begin(now());
    for (Client& client : clients_) loop_.connect(client);
  }

  void opened(Client& client) override {
    static const char normal[] = {char(1000 >> 8), char(1000 & 0xff)};
    loop_.frame(client, 8, normal, 2);
    client.state = State::closing;
  }

  void message(Client&, const char* payload, size_t length, int64_t) override {
    fail("unexpected message: %.*s", int(length), payload);
  }

  void ended(Client& client, bool isClean) override {
    if (!isClean) fail("a connection ended without a closing handshake");
    window_.count(now() - client.startedAt);
    loop_.connect(client);
  }

  bool tick(int64_t time) override {
    if (window_.tick(time)) return true;
    window_.print();
    return false;
  }

 private:
  Loop& loop_;
  Window window_;
  std::vector<Client> clients_;
};

class Idle : public Scenario {
 public:
  Idle(Loop& loop, const Options& options) : crowd_(loop, size_t(options.number("connections", 1))) {}

  void opened(Client&) override {
    if (!crowd_.opened()) return;
    puts("open");
    fflush(stdout);
  }

  void message(Client&, const char* payload, size_t length, int64_t) override {
    fail("unexpected message: %.*s", int(length), payload);
  }

  void ended(Client&, bool) override { fail("the server closed a connection"); }

  bool tick(int64_t) override {
    crowd_.openMore();
    timeval none{};
    fd_set input;
    FD_ZERO(&input);
    FD_SET(0, &input);
    return select(1, &input, nullptr, nullptr, &none) == 0;
  }

 private:
  Crowd crowd_;
};

class FirstReply : public Scenario {
 public:
  FirstReply(Loop& loop, const Options& options)
      : loop_(loop), request_(options.text("request")), reply_(options.text("reply")) {
    loop_.connect(client_);
  }

  void opened(Client& client) override {
    request_.fill(1, text_);
    loop_.frame(client, 1, text_.data(), text_.size());
  }

  void message(Client&, const char* payload, size_t length, int64_t time) override {
    reply_.fill(1, text_);
    expectText(text_, payload, length);
    answeredAt = time;
  }

  void ended(Client&, bool) override { fail("the server closed the connection"); }

  bool tick(int64_t) override { return answeredAt == 0; }

  int64_t answeredAt = 0;

 private:
  Loop& loop_;
  Client client_;
  Template request_, reply_;
  std::string text_;
};

bool isListening(uint16_t port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  bool isOpen = connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  close(fd);
  return isOpen;
}

void measureStart(Loop& loop, const Options& options) {
  if (options.command == nullptr) fail("start needs a command after --");
  int64_t startedAt = now();
  pid_t pid = fork();
  if (pid == 0) {
    // What the server logs does not belong to the result.
    int nowhere = open("/dev/null", O_WRONLY);
    dup2(nowhere, STDOUT_FILENO);
    execvp(options.command[0], options.command);
    fail("%s: %s", options.command[0], strerror(errno));
  }
  while (!isListening(uint16_t(options.number("port", 0)))) {
    if (waitpid(pid, nullptr, WNOHANG) != 0) fail("the server ended before it listened");
    if (now() - startedAt > 30'000'000'000) fail("the server does not listen");
    usleep(500);
  }
  FirstReply first(loop, options);
  loop.run(first);
  clockid_t clock;
  int64_t cpu = clock_getcpuclockid(pid, &clock) == 0 ? readClock(clock) : 0;
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
  printf("{\"count\":1,\"startNs\":%lld,\"serverCpu\":%lld}\n", (long long)(first.answeredAt - startedAt), (long long)cpu);
}

/** As many descriptors as the system gives without being asked twice. */
void raiseDescriptorLimit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int count, char** values) {
  Options options(count, values);
  signal(SIGPIPE, SIG_IGN);
  // A run that hangs ends itself: no load without a limit.
  alarm(unsigned(options.number("deadline-s", 120)));
  raiseDescriptorLimit();
  Loop loop(options);
  if (options.mode == "request") {
    Requests scenario(loop, options);
    loop.run(scenario);
  } else if (options.mode == "broadcast") {
    Broadcasts scenario(loop, options);
    loop.run(scenario);
  } else if (options.mode == "handshake") {
    Handshakes scenario(loop, options);
    loop.run(scenario);
  } else if (options.mode == "idle") {
    Idle scenario(loop, options);
    loop.run(scenario);
  } else if (options.mode == "start") {
    measureStart(loop, options);
  } else {
    fail("unknown mode: %s", options.mode.c_str());
  }
  fflush(stdout);
  _exit(0);
}
