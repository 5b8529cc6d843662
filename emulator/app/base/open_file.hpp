// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include <tl/expected.hpp>

namespace quasimodem::app {

/// A descriptor, or why there is none. Never waits: a FIFO, whose other end somebody would have to open, is refused.
/// What a shell puts in the place of a file (`<(command)`, /dev/stdin) is a pipe without a name, and is none.
tl::expected<int, std::string> open_to_read(const std::filesystem::path& path);

/// Who may read the file.
enum class Access {
  shared,  ///< whom the umask lets
  owner,   ///< nobody else, also if it was there before
};
enum class Content { replaced, kept };
/// The same for writing, at the end of what is kept. Makes the file. A FIFO that somebody reads is taken. Writing never
/// waits either: what is no file (a pipe, a terminal) and has no room refuses with EAGAIN.
tl::expected<int, std::string> open_to_write(const std::filesystem::path& path, Access access, Content content);

/// Why writing there has failed, in words.
std::string why_not_written(int problem);

}  // namespace quasimodem::app
