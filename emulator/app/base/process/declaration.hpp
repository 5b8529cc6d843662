// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace quasimodem::app {

/// An option, or a word that stands by itself.
struct DeclaredOption {
  std::vector<std::string> names;  ///< `-m`, `--model`; one without dashes for a word
  std::string value;               ///< `MODEL`, `auto|always|never`; empty for a flag
  std::string meaning;
};

/// What a command takes, as its CommandLine declares it: --help shows it, and the manual page and the completion are
/// made from it.
struct Declaration {
  std::string name;         ///< `quasimodem peer tls-echo`, `tls-echo` for a command of a command
  std::string description;  ///< a sentence
  std::string usage;        ///< lines that begin with "Usage:"
  std::string footer;       ///< examples, exit codes: as laid out for --help
  std::vector<DeclaredOption> options;
  std::vector<DeclaredOption> words;
  std::vector<Declaration> commands;
};

}  // namespace quasimodem::app
