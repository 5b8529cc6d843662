// SPDX-License-Identifier: Apache-2.0
#include "storage/file_flash.hpp"

#include <cerrno>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/core.h>

#include "storage/security_file_store.hpp"
#include "tests/storage/temporary_directory.hpp"
#include "tests/storage/toy_sealer.hpp"
#include "tests/support/catch.hpp"

using namespace quasimodem;
using namespace quasimodem::storage;
using quasimodem::storage::testing::read_file;
using quasimodem::storage::testing::TemporaryDirectory;
using quasimodem::storage::testing::ToySealer;
using quasimodem::storage::testing::write_file;

namespace fs = std::filesystem;
using Kind = FileFlashProblem::Kind;

namespace {

constexpr std::size_t kHeaderSize = 16;

mode_t mode_of(const fs::path& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

FileFlashProblem problem_of(const fs::path& directory) {
  auto flash = FileFlash::open(directory);
  REQUIRE_FALSE(flash);
  return flash.error();
}

void write_two_records(const fs::path& directory) {
  const auto flash = FileFlash::open(directory).value();
  REQUIRE(flash->write("phonebook", as_bytes("content")));
  REQUIRE(flash->write("profile", as_bytes("settings")));
}

/// The directory opens, tells one damage, and has the other record. Gives the damage.
FlashDamage check_only_phonebook_is_lost(const fs::path& directory) {
  std::vector<FlashDamage> damages;
  const auto flash = FileFlash::open(directory, FileCalls::system(),
                                     {.known = [](std::string_view record) { return record == "phonebook"; },
                                      .on_damage = [&](const auto& damage) { damages.push_back(damage); }});
  REQUIRE(flash);
  CHECK((*flash)->read("phonebook").error() == FlashError::damaged);
  CHECK((*flash)->read("profile").value() == to_bytes("settings"));
  REQUIRE(damages.size() == 1);
  CHECK(damages.front().file == fs::absolute(directory / "phonebook"));
  CHECK(damages.front().record == "phonebook");
  CHECK_FALSE(damages.front().what.empty());
  return damages.front();
}

bool mentions(const FileFlashProblem& problem, const std::string& text) {
  return problem.message.find(text) != std::string::npos;
}

/// Fails the n-th call, or kills the process just before it.
class FaultyCalls final : public FileCalls {
 public:
  enum class Then { fail, die };
  FaultyCalls(std::size_t n, Then then, int error = EIO) : failing_{n}, then_{then}, error_{error} {}

  /// Counts from here on; 0 = nothing fails.
  void fail_call(std::size_t n) {
    count_ = 0;
    failing_ = n;
  }

  int open_at(int directory, const char* name, int flags, mode_t mode) override {
    return fails() ? -1 : FileCalls::open_at(directory, name, flags, mode);
  }
  ssize_t read(int file, void* to, std::size_t size) override { return fails() ? -1 : FileCalls::read(file, to, size); }
  /// Writes in pieces, so that a record can be cut in its middle.
  ssize_t write(int file, const void* from, std::size_t size) override {
    return fails() ? -1 : FileCalls::write(file, from, std::min<std::size_t>(size, 10));
  }
  int sync(int file) override { return fails() ? -1 : FileCalls::sync(file); }
  int close(int file) override {
    const int result = FileCalls::close(file);  // never a leak, as in the manual page
    return fails() ? -1 : result;
  }
  int rename_at(int directory, const char* from, const char* to) override {
    return fails() ? -1 : FileCalls::rename_at(directory, from, to);
  }
  int unlink_at(int directory, const char* name) override {
    return fails() ? -1 : FileCalls::unlink_at(directory, name);
  }

 private:
  bool fails() {
    if (++count_ != failing_) return false;
    if (then_ == Then::die) ::kill(::getpid(), SIGKILL);
    errno = error_;
    return true;
  }

  std::size_t count_ = 0;
  std::size_t failing_;
  const Then then_;
  const int error_;
};

/// Runs `body` in a process of its own; true when it ended by itself.
template <class Body>
bool survives(Body body) {
  const auto child = ::fork();
  if (child == 0) {
    body();
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

TEST_CASE("records survive re-opening", "[storage]") {
  const TemporaryDirectory temporary;
  const auto directory = temporary.path() / "state" / "m95/";
  {
    const auto flash = FileFlash::open(directory).value();
    CHECK(flash->list()->empty());
    CHECK(flash->read("CA0").value() == std::nullopt);
    CHECK(flash->write("settings", as_bytes("old")));
    CHECK(flash->write("settings", as_bytes("new")));
    CHECK(flash->write("CA0", {}));
    CHECK(flash->write("seal.key", Bytes(100'000, 7)));
    CHECK(flash->write("gone", as_bytes("x")));
    CHECK(flash->erase("gone"));
    CHECK(flash->erase("never-there"));
  }
  const auto flash = FileFlash::open(directory).value();
  CHECK(flash->list().value() == std::vector<std::string>{"CA0", "seal.key", "settings"});
  CHECK(flash->read("settings").value() == to_bytes("new"));
  CHECK(flash->read("CA0").value() == Bytes{});
  CHECK(flash->read("seal.key").value() == Bytes(100'000, 7));
  CHECK(flash->read("gone").value() == std::nullopt);
}

TEST_CASE("only the owner may look into the directory", "[storage]") {
  const TemporaryDirectory temporary;
  const auto before = ::umask(0);
  const auto flash = FileFlash::open(temporary.path() / "nvram").value();
  REQUIRE(flash->write("CK0", as_bytes("x")));
  ::umask(before);
  CHECK(mode_of(temporary.path() / "nvram") == 0700);
  CHECK(mode_of(temporary.path() / "nvram/CK0") == 0600);
  CHECK(mode_of(temporary.path() / "nvram/.lock") == 0600);
}

TEST_CASE("record names cannot leave the directory", "[storage]") {
  const TemporaryDirectory temporary;
  const auto flash = FileFlash::open(temporary.path()).value();
  const std::string too_long(201, 'x');
  for (const std::string name :
       {"", ".", "..", "../x", "a/b", "/etc/x", ".lock", ".new-x", "a b", "a\nb", "\xC3\xA4", too_long.c_str()}) {
    CAPTURE(name);
    CHECK(flash->write(name, as_bytes("x")).error() == FlashError::failed);
    CHECK(flash->read(name).error() == FlashError::failed);
    CHECK(flash->erase(name).error() == FlashError::failed);
  }
  for (const auto* name : {"CA0", "settings", "seal.key", "a-b_C.9"}) CHECK(flash->write(name, as_bytes("x")));
}

TEST_CASE("the header is what the documentation says", "[storage]") {
  const TemporaryDirectory temporary;
  const auto flash = FileFlash::open(temporary.path()).value();
  REQUIRE(flash->write("x", as_bytes("123456789")));
  // CRC computed with zlib.crc32(b"QMFL\0\0\0\2\0\0\0\x09123456789").
  CHECK(escaped(read_file(temporary.path() / "x")) ==
        "QMFL\\x00\\x00\\x00\\x02\\x00\\x00\\x00\\x09\\xa4T\\x93\\r123456789");
}

TEST_CASE("a directory belongs to one process at a time", "[storage]") {
  const TemporaryDirectory temporary;
  {
    const auto flash = FileFlash::open(temporary.path()).value();
    const auto problem = problem_of(temporary.path());
    CHECK(problem.kind == Kind::in_use);
    CHECK(mentions(problem, fmt::format("process {}", ::getpid())));
    CHECK(mentions(problem, temporary.path().string()));
  }
  // A stale number in the lock file means nothing.
  write_file(temporary.path() / ".lock", as_bytes("99999999999999999999"));
  CHECK(FileFlash::open(temporary.path()));
}

TEST_CASE("a program started meanwhile does not inherit the lock", "[storage]") {
  const TemporaryDirectory temporary;
  auto flash = FileFlash::open(temporary.path()).value();
  int pipe_ends[2];
  REQUIRE(::pipe(pipe_ends) == 0);
  const auto child = ::fork();
  if (child == 0) {
    ::dup2(pipe_ends[0], STDIN_FILENO);
    ::close(pipe_ends[1]);
    ::execlp("cat", "cat", nullptr);
    ::_exit(1);
  }
  ::close(pipe_ends[0]);
  flash.reset();
  // Until the child has called exec it shares the lock, so wait for it to let go.
  const int lock = ::open((temporary.path() / ".lock").c_str(), O_RDWR | O_CLOEXEC);
  CHECK(::flock(lock, LOCK_EX) == 0);
  ::close(lock);
  CHECK(FileFlash::open(temporary.path()));
  CHECK(::kill(child, 0) == 0);
  ::close(pipe_ends[1]);
  ::waitpid(child, nullptr, 0);
}

TEST_CASE("a place that cannot be used is named, with the reason", "[storage]") {
  const TemporaryDirectory temporary;
  write_file(temporary.path() / "file", as_bytes("x"));

  const auto below_file = problem_of(temporary.path() / "file/nvram");
  CHECK(below_file.kind == Kind::cannot_create);
  CHECK(mentions(below_file, (temporary.path() / "file/nvram").string()));
  CHECK(mentions(below_file, "Not a directory"));

  const auto is_file = problem_of(temporary.path() / "file");
  CHECK(is_file.kind == Kind::not_writable);
  CHECK(mentions(is_file, "Not a directory"));

  for (const auto& [n, kind] : {std::pair{1, Kind::not_writable}, {2, Kind::not_writable}, {3, Kind::not_writable}}) {
    FaultyCalls calls{static_cast<std::size_t>(n), FaultyCalls::Then::fail, EACCES};
    const auto flash = FileFlash::open(temporary.path() / "ok", calls);
    REQUIRE_FALSE(flash);
    CHECK(flash.error().kind == kind);
    CHECK(mentions(flash.error(), "Permission denied"));
  }
}

TEST_CASE("a flipped bit anywhere costs this record and no other", "[storage]") {
  const TemporaryDirectory temporary;
  write_two_records(temporary.path());
  const auto path = temporary.path() / "phonebook";
  const auto whole = read_file(path);
  REQUIRE(whole.size() == kHeaderSize + 7);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      CAPTURE(i, bit);
      auto spoiled = whole;
      spoiled[i] ^= static_cast<std::uint8_t>(1 << bit);
      write_file(path, spoiled);
      check_only_phonebook_is_lost(temporary.path());
      CHECK(read_file(path) == spoiled);
    }
  }
}

TEST_CASE("a record of the wrong size costs no other", "[storage]") {
  const TemporaryDirectory temporary;
  write_two_records(temporary.path());
  const auto path = temporary.path() / "phonebook";
  const auto whole = read_file(path);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    write_file(path, ByteSpan{whole}.first(size));
    check_only_phonebook_is_lost(temporary.path());
  }
  auto longer = whole;
  longer.push_back('x');
  write_file(path, longer);
  CHECK(check_only_phonebook_is_lost(temporary.path()).what == "should hold 7 bytes after its header, but holds 8");
  write_file(path, Bytes(FileFlash::kLargest + 1000));
  check_only_phonebook_is_lost(temporary.path());
  // As a file system may leave it after a power cut.
  write_file(path, Bytes(whole.size()));
  check_only_phonebook_is_lost(temporary.path());
  write_file(path, as_bytes("something else"));
  check_only_phonebook_is_lost(temporary.path());
}

TEST_CASE("a damaged record can be written and erased", "[storage]") {
  const TemporaryDirectory temporary;
  write_two_records(temporary.path());
  write_file(temporary.path() / "phonebook", as_bytes("QMFL"));
  std::size_t told = 0;
  const auto flash =
      FileFlash::open(temporary.path(), FileCalls::system(), {.on_damage = [&](const auto&) { ++told; }}).value();
  CHECK(flash->read("phonebook").error() == FlashError::damaged);
  CHECK(told == 1);
  SECTION("write") {
    REQUIRE(flash->write("phonebook", as_bytes("new")));
    CHECK(flash->read("phonebook").value() == to_bytes("new"));
  }
  SECTION("erase") {
    REQUIRE(flash->erase("phonebook"));
    CHECK(flash->read("phonebook").value() == std::nullopt);
  }
  REQUIRE(flash->write("phonebook", as_bytes("newer")));
  write_file(temporary.path() / "phonebook", as_bytes("QMFL"));
  CHECK(flash->read("phonebook").error() == FlashError::damaged);
  CHECK(told == 2);
}

TEST_CASE("a record larger than any is not written", "[storage]") {
  const TemporaryDirectory temporary;
  const auto flash = FileFlash::open(temporary.path()).value();
  CHECK(flash->write("x", Bytes(FileFlash::kLargest + 1)).error() == FlashError::full);
  CHECK(flash->write("x", Bytes(FileFlash::kLargest)));
  CHECK(flash->read("x").value()->size() == FileFlash::kLargest);
}

TEST_CASE("records of the first version are read", "[storage]") {
  const TemporaryDirectory temporary;
  // CRC computed with zlib.crc32(b"QMFL\0\0\0\1\0\0\0\x09").
  const auto old = unescaped("QMFL\\x00\\x00\\x00\\x01\\x00\\x00\\x00\\x09.i\\x92\\x04123456789");
  const auto path = temporary.path() / "x";
  write_file(path, old);
  {
    const auto flash = FileFlash::open(temporary.path()).value();
    CHECK(flash->read("x").value() == to_bytes("123456789"));
    CHECK(read_file(path) == old);
    REQUIRE(flash->write("x", as_bytes("123456789")));
    CHECK(read_file(path) != old);
  }
  for (std::size_t i = 0; i < kHeaderSize; ++i) {
    CAPTURE(i);
    auto spoiled = old;
    spoiled[i] ^= 2;
    write_file(path, spoiled);
    const auto flash =
        FileFlash::open(temporary.path(), FileCalls::system(), {.known = [](auto) { return true; }}).value();
    CHECK(flash->read("x").error() == FlashError::damaged);
  }
}

TEST_CASE("what is not ours is refused and left alone", "[storage]") {
  const TemporaryDirectory temporary;
  const auto foreign = temporary.path() / GENERATE("README", "my notes.txt", ".hidden");
  write_file(foreign, as_bytes("somebody's own file, long enough"));
  const auto problem = problem_of(temporary.path());
  CHECK(problem.kind == Kind::foreign);
  CHECK(mentions(problem, foreign.string() + " in the NVRAM directory is not a record of quasimodem"));
  CHECK(fs::exists(foreign));
}

TEST_CASE("links, directories and pipes are not records", "[storage]") {
  const TemporaryDirectory temporary;
  const auto path = temporary.path() / "CA0";
  SECTION("link") { fs::create_symlink("/etc/passwd", path); }
  SECTION("directory") { fs::create_directory(path); }
  SECTION("pipe") { REQUIRE(::mkfifo(path.c_str(), 0600) == 0); }
  CHECK(problem_of(temporary.path()).kind == Kind::foreign);
}

TEST_CASE("a record of a later version is refused as such", "[storage]") {
  const TemporaryDirectory temporary;
  // CRC computed with zlib.crc32(b"QMFL\0\0\0\3\0\0\0\1x").
  write_file(temporary.path() / "CA0", unescaped("QMFL\\x00\\x00\\x00\\x03\\x00\\x00\\x00\\x01\\x0E\\x8E\\x90\\x0Bx"));
  CHECK(mentions(problem_of(temporary.path()), "has format version 3, this program knows up to 2"));
}

TEST_CASE("a changed byte of the content is the module's to report", "[storage][SSL 2.2.8]") {
  const TemporaryDirectory temporary;
  ToySealer sealer;
  const auto name = SecurityFileName::parse("NVRAM:CA0").value();
  {
    const auto flash = FileFlash::open(temporary.path()).value();
    REQUIRE(SecurityFileStore{*flash, sealer, {}}.add(name, as_bytes("certificate")));
  }
  const auto path = temporary.path() / "CA0";
  const auto whole = read_file(path);
  for (std::size_t i = kHeaderSize; i < whole.size(); ++i) {
    CAPTURE(i);
    auto spoiled = whole;
    spoiled[i] ^= 0x01;
    write_file(path, spoiled);
    const auto flash = FileFlash::open(temporary.path()).value();
    CHECK_FALSE(SecurityFileStore{*flash, sealer, {}}.check(name)->good);
  }
  write_file(path, whole);
  const auto flash = FileFlash::open(temporary.path()).value();
  CHECK(SecurityFileStore{*flash, sealer, {}}.check(name)->good);
}

TEST_CASE("a record damaged while we run fails to read", "[storage]") {
  const TemporaryDirectory temporary;
  const auto flash = FileFlash::open(temporary.path()).value();
  REQUIRE(flash->write("CA0", as_bytes("content")));
  write_file(temporary.path() / "CA0", as_bytes("QMFL"));
  CHECK(flash->read("CA0").error() == FlashError::damaged);
  fs::remove_all(temporary.path());
  CHECK(flash->list().error() == FlashError::failed);
  CHECK(flash->write("CA0", as_bytes("x")).error() == FlashError::failed);
}

TEST_CASE("when a step of a write fails, the old record or the new one is there", "[storage]") {
  const auto error = GENERATE(EIO, ENOSPC, EDQUOT);
  const auto expected = error == EIO ? FlashError::failed : FlashError::full;
  bool succeeded = false;
  for (std::size_t n = 1; !succeeded; ++n) {
    CAPTURE(n);
    const TemporaryDirectory temporary;
    REQUIRE(FileFlash::open(temporary.path()).value()->write("CA0", as_bytes("the old content")));

    FaultyCalls calls{0, FaultyCalls::Then::fail, error};
    const auto flash = FileFlash::open(temporary.path(), calls).value();
    calls.fail_call(n);
    const auto written = flash->write("CA0", as_bytes("the new content"));
    calls.fail_call(0);
    const auto now = flash->read("CA0").value();
    succeeded = written.has_value();
    if (succeeded) {
      CHECK(now == to_bytes("the new content"));
    } else {
      CHECK(written.error() == expected);
      CHECK((now == to_bytes("the old content") || now == to_bytes("the new content")));
    }
    CHECK(flash->list().value() == std::vector<std::string>{"CA0"});
    CHECK_FALSE(fs::exists(temporary.path() / ".new-CA0"));
    CHECK((succeeded || n < 20));
  }
}

TEST_CASE("killed at any step of a write, the old record or the new one is there", "[storage]") {
  std::string history;
  bool survived = false;
  for (std::size_t n = 1; !survived; ++n) {
    const TemporaryDirectory temporary;
    REQUIRE(FileFlash::open(temporary.path()).value()->write("CA0", as_bytes("the old content")));
    survived = survives([&] {
      FaultyCalls calls{n, FaultyCalls::Then::die};
      auto flash = FileFlash::open(temporary.path(), calls).value();
      if (!flash->write("CA0", as_bytes("the new content"))) ::_exit(1);
    });
    const auto flash = FileFlash::open(temporary.path());
    REQUIRE(flash);
    const auto now = (*flash)->read("CA0").value();
    CHECK((now == to_bytes("the old content") || now == to_bytes("the new content")));
    history += now == to_bytes("the new content") ? 'n' : 'o';
    CHECK_FALSE(fs::exists(temporary.path() / ".new-CA0"));
  }
  // First always the old one, from one step on the new one: nothing in between, and both were seen.
  CHECK(history.find("no") == std::string::npos);
  CHECK(history.find("on") != std::string::npos);
}

TEST_CASE("killed at some moment, each record is whole", "[storage]") {
  const TemporaryDirectory temporary;
  const Bytes first(30'000, 'a');
  const Bytes second(50'000, 'b');
  for (int round = 0; round < 20; ++round) {
    int pipe_ends[2];
    REQUIRE(::pipe(pipe_ends) == 0);
    const auto child = ::fork();
    if (child == 0) {
      const auto flash = FileFlash::open(temporary.path()).value();
      for (bool even = true;; even = !even) {
        if (!flash->write("CA0", even ? first : second)) ::_exit(1);
        if (::write(pipe_ends[1], "w", 1) != 1) ::_exit(1);
      }
    }
    ::close(pipe_ends[1]);
    char letter = 0;
    for (int i = 0; i <= round; ++i) REQUIRE(::read(pipe_ends[0], &letter, 1) == 1);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ::close(pipe_ends[0]);
    const auto flash = FileFlash::open(temporary.path());
    REQUIRE(flash);
    const auto now = (*flash)->read("CA0").value();
    CHECK((now == first || now == second));
    CHECK((*flash)->list().value() == std::vector<std::string>{"CA0"});
  }
}
