// SPDX-License-Identifier: Apache-2.0
#include "tests/support/transcript.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>

#include <fmt/core.h>

#include "tests/support/pki.hpp"
#include "tests/support/tls_peer.hpp"

namespace quasimodem::test {
namespace {

std::string file_text(const std::string& path) {
  std::ifstream stream{path, std::ios::binary};
  if (!stream) throw std::runtime_error{"cannot read " + path};
  return {std::istreambuf_iterator<char>{stream}, {}};
}

std::string transcripts_folder() { return std::string{QUASIMODEM_SOURCE_DIR} + "/tests/transcripts/"; }

}  // namespace

Transcript parse_transcript(std::string_view name, std::string_view text) {
  auto transcript = Transcript::parse(name, text);
  if (!transcript) throw std::runtime_error{transcript.error()};
  return std::move(*transcript);
}

Transcript load_transcript(std::string_view file) {
  return parse_transcript(file, file_text(transcripts_folder() + std::string{file}));
}

std::string play(const Transcript& transcript, device::Model model) {
  workbench::World world{.model = model,
                         .values = {},
                         .authority = pki("ca.crt"),
                         .client_certificate = pki("client.crt"),
                         .client_key = pki("client.key"),
                         .server = tls_server()};
  world.values["AMAZON_ROOT_CA1_PEM_1188_BYTES"] = file_text(transcripts_folder() + "data/Amazon_Root_CA_1.pem");
  world.values["CA_CERT_SUM"] = fmt::format("{:x}", expected_checksum(world.authority));
  world.values["CLIENT_CERT_SUM"] = fmt::format("{:x}", expected_checksum(world.client_certificate));
  world.values["CLIENT_KEY_SUM"] = fmt::format("{:x}", expected_checksum(world.client_key));
  return workbench::play(transcript, world);
}

}  // namespace quasimodem::test
