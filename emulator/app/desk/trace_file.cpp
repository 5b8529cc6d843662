// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/desk/trace_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <system_error>

#include <fmt/core.h>

#include "emulator/app/base/open_file.hpp"
#include "emulator/app/base/problem.hpp"
#include "emulator/app/base/record_json.hpp"

namespace quasimodem::app {

TraceFile::TraceFile(const std::filesystem::path& path, std::function<void(const std::string&)> failed)
    : on_failure_{std::move(failed)} {
  const auto file = open_to_write(path, Access::owner, Content::replaced);
  if (!file) {
    throw Problem{ExitCode::environment, fmt::format("--trace {}: {}", path.string(), file.error()),
                  "name a file in a directory that you may write to"};
  }
  file_ = {::fdopen(*file, "w"), &std::fclose};
}

TraceFile TraceFile::new_file(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) {
    throw Problem{ExitCode::environment,
                  fmt::format("cannot write {}: {}", path.string(), std::generic_category().message(errno)),
                  errno == EEXIST ? "a recording is not written over: name another file"
                                  : "name a file in a directory that you may write to"};
  }
  return TraceFile{{::fdopen(file, "w"), &std::fclose}};
}

TraceFile TraceFile::standard_output() {
  return TraceFile{{stdout, [](std::FILE*) {}}};
}

void TraceFile::follow(JournalRing& journal, const std::string& modem) {
  const auto write = [file = file_, failed = failed_, on_failure = on_failure_, modem](const Record& record) {
    if (*failed) return;  // a trace with a hole would be taken for a whole one
    const auto line = to_text(record_json(record, modem)) + "\n";
    const bool written = std::fwrite(line.data(), 1, line.size(), file.get()) == line.size();
    if (std::fflush(file.get()) == 0 && written) return;
    *failed = true;
    if (on_failure) on_failure(why_not_written(errno));
  };
  for (const auto& record : journal.records()) write(record);  // those of the start
  subscriptions_.push_back(journal.listen(write));
}

}  // namespace quasimodem::app
