// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/trace_file.hpp"

#include <cerrno>
#include <system_error>

#include <fmt/core.h>

#include "emulator/app/problem.hpp"
#include "emulator/app/record_json.hpp"

namespace quasimodem::app {

TraceFile::TraceFile(const std::filesystem::path& path) {
  auto* file = std::fopen(path.c_str(), "we");
  if (!file) {
    throw Problem{ExitCode::environment,
                  fmt::format("--trace {}: {}", path.string(), std::generic_category().message(errno)),
                  "name a file in a directory that you may write to"};
  }
  file_ = {file, &std::fclose};
}

TraceFile TraceFile::new_file(const std::filesystem::path& path) {
  std::shared_ptr<std::FILE> file{std::fopen(path.c_str(), "wxe"), [](std::FILE* open) {
                                    if (open) std::fclose(open);
                                  }};
  if (!file) {
    throw Problem{ExitCode::environment,
                  fmt::format("cannot write {}: {}", path.string(), std::generic_category().message(errno)),
                  errno == EEXIST ? "a recording is not written over: name another file"
                                  : "name a file in a directory that you may write to"};
  }
  return TraceFile{std::move(file)};
}

TraceFile TraceFile::standard_output() {
  return TraceFile{{stdout, [](std::FILE*) {}}};
}

void TraceFile::follow(JournalRing& journal, const std::string& modem) {
  const auto write = [file = file_, modem](const Record& record) {
    const auto line = to_text(record_json(record, modem)) + "\n";
    std::fwrite(line.data(), 1, line.size(), file.get());
    std::fflush(file.get());
  };
  for (const auto& record : journal.records()) write(record);  // those of the start
  subscriptions_.push_back(journal.listen(write));
}

}  // namespace quasimodem::app
