// SPDX-License-Identifier: Apache-2.0
// Who stands in the way of a link, and what to do about it.
#include "emulator/app/host/stable_link.hpp"

#include <cstdlib>
#include <filesystem>
#include <string>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include "emulator/app/base/problem.hpp"
#include "emulator/app/base/process/paths.hpp"
#include "tests/support/catch.hpp"

using namespace quasimodem::app;
namespace fs = std::filesystem;

namespace {

constexpr uid_t kSomebodyElse = 65534;

class Folder {
 public:
  Folder() {
    char name[] = "/tmp/quasimodem-link-XXXXXX";
    REQUIRE(::mkdtemp(name));
    path_ = fs::canonical(name);
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  fs::path operator/(const char* name) const { return path_ / name; }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::string problem_with(const fs::path& link) {
  try {
    const StableLink another{link, "/dev/pts/0"};
  } catch (const Problem& problem) {
    CHECK(problem.code() == ExitCode::environment);
    return fmt::format("{}\n{}", problem.what(), problem.way_out());
  }
  return "none";
}

/// Holds a link in a process of its own, as another user where `user` says so, until this is gone.
class Holder {
 public:
  Holder(const fs::path& link, uid_t user) {
    int ready[2], end[2];
    REQUIRE(::pipe(ready) == 0);
    REQUIRE(::pipe(end) == 0);
    child_ = ::fork();
    REQUIRE(child_ >= 0);
    if (child_ == 0) {
      ::close(end[1]);
      bool held = ::setuid(user) == 0;
      try {
        const StableLink ours{link, "/dev/pts/0"};
        char byte = held ? 'y' : 'n';
        [[maybe_unused]] const auto told = ::write(ready[1], &byte, 1);
        [[maybe_unused]] const auto ended = ::read(end[0], &byte, 1);
      } catch (...) {
        held = false;
      }
      ::_exit(held ? 0 : 1);  // nothing of the tests runs twice
    }
    ::close(ready[1]);
    ::close(end[0]);
    end_ = end[1];
    char byte = 'n';
    const auto size = ::read(ready[0], &byte, 1);
    ::close(ready[0]);
    REQUIRE(size == 1);
    REQUIRE(byte == 'y');
  }
  ~Holder() {
    ::close(end_);
    int status = 0;
    ::waitpid(child_, &status, 0);
  }
  Holder(const Holder&) = delete;
  Holder& operator=(const Holder&) = delete;
  pid_t pid() const { return child_; }

 private:
  pid_t child_ = -1;
  int end_ = -1;
};

}  // namespace

TEST_CASE("A link that this process has already is not somebody else's", "[link]") {
  const Folder folder;
  const auto link = folder / "m";
  const StableLink first{link, "/dev/pts/0"};
  CHECK(problem_with(link) ==
        fmt::format("cannot create the UART link {0}: it belongs to another endpoint of this command\n"
                    "use another name (--uart pty:{0}b)",
                    link.string()));
}

TEST_CASE("A link of another process of ours: which one, and how to stop it", "[link]") {
  const Folder folder;
  const auto link = folder / "m";
  const Holder holder{link, ::geteuid()};
  CHECK(problem_with(link) ==
        fmt::format("cannot create the UART link {0}: it belongs to a running quasimodem (pid {1})\n"
                    "use another name (--uart pty:{0}b), or stop that one: kill {1}",
                    link.string(), holder.pid()));
}

TEST_CASE("A link of another user: whose, and nothing that is not permitted", "[link]") {
  if (::geteuid() != 0) return;  // only root can be somebody else
  const Folder folder;
  const auto link = folder / "m";
  REQUIRE(::chmod(folder.path().c_str(), 0777) == 0);
  const Holder holder{link, kSomebodyElse};
  CHECK(problem_with(link) ==
        fmt::format("cannot create the UART link {0}: it belongs to a quasimodem of {2} (pid {1})\n"
                    "use another name (--uart pty:{0}b)",
                    link.string(), holder.pid(), user_text(kSomebodyElse)));
}

TEST_CASE("Whose a file is, is told when it is somebody else's", "[link]") {
  const Folder folder;
  CHECK_FALSE(foreign_owner(folder.path()));
  CHECK_FALSE(foreign_owner(folder / "nothing"));
  if (::geteuid() == 0) {
    REQUIRE(::chown(folder.path().c_str(), kSomebodyElse, kSomebodyElse) == 0);
    CHECK(foreign_owner(folder.path()) == user_text(kSomebodyElse));
  } else {
    CHECK(foreign_owner("/") == "the user root");
  }
}
