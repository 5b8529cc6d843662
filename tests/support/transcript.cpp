// SPDX-License-Identifier: Apache-2.0
#include "tests/support/transcript.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <fmt/core.h>

#include "emulator/workbench/transcript.hpp"
#include "tests/support/pki.hpp"
#include "tests/support/tls_peer.hpp"

namespace quasimodem::test {
namespace {

std::string file_text(const std::string& path) {
  std::ifstream stream{path, std::ios::binary};
  if (!stream) throw std::runtime_error{"cannot read " + path};
  return {std::istreambuf_iterator<char>{stream}, {}};
}

/// With the certificates of the test PKI.
workbench::World test_world() {
  workbench::World world{.model = {},
                         .values = {},
                         .authority = pki("ca.crt"),
                         .client_certificate = pki("client.crt"),
                         .client_key = pki("client.key"),
                         .server = tls_server()};
  world.values["CA_CERT_SUM"] = fmt::format("{:x}", expected_checksum(world.authority));
  world.values["CLIENT_CERT_SUM"] = fmt::format("{:x}", expected_checksum(world.client_certificate));
  world.values["CLIENT_KEY_SUM"] = fmt::format("{:x}", expected_checksum(world.client_key));
  return world;
}

std::string transcripts_folder() { return std::string{QUASIMODEM_SOURCE_DIR} + "/tests/transcripts/"; }

}  // namespace

Transcript parse_transcript(std::string_view name, std::string_view text) {
  auto transcript = Transcript::parse(name, text);
  if (!transcript) throw std::runtime_error{transcript.error()};
  return std::move(*transcript);
}

Transcript load_transcript(std::string_view file) {
  auto transcript = parse_transcript(file, file_text(transcripts_folder() + std::string{file}));
  for (auto& [name, value] : transcript.needs.values) {
    if (value.starts_with('@')) value = file_text(transcripts_folder() + value.substr(1));
  }
  return transcript;
}

std::vector<std::string> transcript_files() {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator{transcripts_folder()}) {
    if (!entry.is_regular_file() || !Transcript::looks_like_one(file_text(entry.path()))) continue;
    files.push_back(entry.path().filename());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<workbench::Difference> differences(const Transcript& transcript, std::optional<device::Model> model) {
  auto world = test_world();
  world.model = model;
  return workbench::play(transcript, world).differences;
}

std::string play(const Transcript& transcript, std::optional<device::Model> model) {
  const auto all = differences(transcript, model);
  return all.empty() ? std::string{} : all.front().text(transcript.name);
}

}  // namespace quasimodem::test
