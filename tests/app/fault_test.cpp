// SPDX-License-Identifier: Apache-2.0
// What --fault of `quasimodem peer` understands.
#include "emulator/app/peer/fault.hpp"

#include "tests/support/catch.hpp"

using namespace quasimodem::app;

namespace {

Fault fault(std::string_view text) {
  const auto read = read_fault(text);
  if (!read) FAIL(text << ": " << read.error());
  REQUIRE(read->has_value());
  return **read;
}

std::string refusal(std::string_view text) {
  const auto read = read_fault(text);
  REQUIRE_FALSE(read.has_value());
  return read.error();
}

}  // namespace

TEST_CASE("every kind and every step of a fault has a name", "[app]") {
  CHECK(fault("stall@accept").kind == FaultKind::stall);
  CHECK(fault("alert@accept").kind == FaultKind::alert);
  CHECK(fault("reset@accept").kind == FaultKind::reset);
  CHECK(fault("close@accept").kind == FaultKind::close);
  CHECK(fault("garbage@accept").kind == FaultKind::garbage);
  CHECK(fault("stall@accept").step == FaultStep::accept);
  CHECK(fault("stall@hello").step == FaultStep::hello);
  CHECK(fault("stall@certificate").step == FaultStep::certificate);
  CHECK(fault("stall@key-exchange").step == FaultStep::key_exchange);
  CHECK(fault("stall@finished").step == FaultStep::finished);
  CHECK(fault("stall@connected").step == FaultStep::connected);
  CHECK(fault("stall@data").step == FaultStep::data);
  CHECK(fault("stall@data").text == "stall@data");
}

TEST_CASE("an alert is handshake_failure unless it is named", "[app]") {
  CHECK(fault("alert@hello").alert == 40);
  CHECK(fault("alert:close_notify@hello").alert == 0);
  CHECK(fault("alert:certificate_required@finished").alert == 116);
}

TEST_CASE("none is a connection without a fault", "[app]") {
  const auto read = read_fault("none");
  REQUIRE(read.has_value());
  CHECK_FALSE(read->has_value());
}

TEST_CASE("what is no fault is told with a suggestion", "[app]") {
  CHECK(refusal("stall") == "a fault is KIND@STEP, like stall@hello, or none");
  CHECK(refusal("") == "a fault is KIND@STEP, like stall@hello, or none");
  CHECK(refusal("stal@hello") == "unknown kind of fault \"stal\"; did you mean \"stall\"?");
  CHECK(refusal("@hello") == "unknown kind of fault \"\"");
  CHECK(refusal("stall@") == "unknown step \"\"");
  CHECK(refusal("stall@helo") == "unknown step \"helo\"; did you mean \"hello\"?");
  CHECK(refusal("stall@hello@data") == "unknown step \"hello@data\"");
  CHECK(refusal("stall:x@hello") == "only an alert has a name: alert:unknown_ca@hello");
  CHECK(refusal("alert:@hello") == "unknown alert \"\"");
  CHECK(refusal("alert:unknown-ca@hello") == "unknown alert \"unknown-ca\"; did you mean \"unknown_ca\"?");
}
