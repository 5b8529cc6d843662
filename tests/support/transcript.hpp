// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/workbench/bench_play.hpp"

namespace quasimodem::test {

using workbench::Transcript;

/// A file of tests/transcripts.
Transcript load_transcript(std::string_view file);
/// Throws what is wrong with the text.
Transcript parse_transcript(std::string_view name, std::string_view text);

/// Plays it with the certificates of the test PKI, their sizes and checksums worked out by the tests' own code.
/// Without a model it is the transcript's, else the M95. What became of each step that differs.
std::vector<workbench::Difference> differences(const Transcript& transcript,
                                               std::optional<device::Model> model = std::nullopt);
/// The first of them as text, or nothing.
std::string play(const Transcript& transcript, std::optional<device::Model> model = std::nullopt);

/// Every file of tests/transcripts that is a dialogue, by name.
std::vector<std::string> transcript_files();

}  // namespace quasimodem::test
