// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

namespace quasimodem::app {

struct Candidate {
  std::string text;     ///< the whole word; after one that ends in `=`, `:`, `/` or `@` more of it follows
  std::string meaning;  ///< may be empty
};

/// What else the shell itself knows better.
enum class Also { nothing, files, directories, programs, a_command_line };

struct Candidates {
  std::vector<Candidate> words;
  Also also = Also::nothing;
  std::string before;  ///< what stands before the name of the file in the word: `--uart=pty:`
};

/// What the last of `words`, which may be empty, can become; `words` is what follows the program's name. From the
/// declarations of the commands and the tables behind them.
Candidates candidates(std::span<const std::string> words);

/// What can stand where --help says `value`: `MODEL`, `FILE`, `auto|always|never`. `word` is what is there of it so
/// far, `earlier` the words of the same list before it (`ctl METHOD key=value …`). Not filtered by `word`.
Candidates candidates_for(const std::string& value, const std::string& word, std::span<const std::string> earlier);

}  // namespace quasimodem::app
