// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "emulator/workbench/player.hpp"

namespace quasimodem::test {

using workbench::Transcript;

/// A file of tests/transcripts.
Transcript load_transcript(std::string_view file);
/// Throws what is wrong with the text.
Transcript parse_transcript(std::string_view name, std::string_view text);

/// Plays it with the certificates of the test PKI, their sizes and checksums worked out by the tests' own code.
std::string play(const Transcript& transcript, device::Model model = device::Model::m95);

}  // namespace quasimodem::test
