// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/trace_file.hpp"

#include <cerrno>
#include <system_error>

#include <fmt/core.h>

#include "emulator/app/problem.hpp"
#include "emulator/app/record_json.hpp"

namespace quasimodem::app {

TraceFile::TraceFile(const std::filesystem::path& path)
    : file_{std::make_shared<std::ofstream>(path, std::ios::trunc)} {
  if (!*file_) {
    throw Problem{ExitCode::environment,
                  fmt::format("--trace {}: {}", path.string(), std::generic_category().message(errno)),
                  "name a file in a directory that you may write to"};
  }
}

void TraceFile::follow(JournalRing& journal, const std::string& modem) {
  const auto write = [file = file_, modem](const Record& record) {
    *file << to_text(record_json(record, modem)) << '\n' << std::flush;
  };
  for (const auto& record : journal.records()) write(record);  // those of the start
  subscriptions_.push_back(journal.listen(write));
}

}  // namespace quasimodem::app
