// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "emulator/app/cli/schema/documents.hpp"
#include "emulator/app/cli/schema/parts.hpp"
#include "emulator/app/config/profile.hpp"

namespace quasimodem::app::schema {
namespace {

JsonObject time(std::string_view meaning) { return described(time_or_seconds(), meaning); }

/// One time, or median and p95.
JsonObject delay() {
  auto parts = closed({{"median", time("half of all times are below")}, {"p95", time("95 of 100 are below")}});
  parts["type"] = JsonArray{"string", "number", "object"};
  parts["required"] = JsonArray{"median", "p95"};
  return with(time_or_seconds(), parts);
}

JsonObject spell() {
  return closed({{"every", time("on average once in this time; 0 is never")},
                 {"shortest", time("how long at least")},
                 {"longest", time("how long at most; as shortest when it is not given")}});
}

}  // namespace

JsonObject profile_schema() {
  JsonObject sections;
  const auto in = [&](std::string_view section) -> JsonObject& {
    auto& known = sections[section];
    if (!known.is_object()) known = closed({});
    return known.as_object()["properties"].as_object();
  };
  in("uart")[kPaced] =
      described(JsonObject{{"type", "boolean"}, {"default", false}}, "bytes take their time at the baud rate");
  for (const auto& kind : device::kDelayKinds) {
    in(kind.section)[kind.key] = described(reference("delay"), kind.meaning);
  }
  in("network")[kIdleAfter] = time("how long the network keeps the radio channel for a silent module");
  for (const auto& kind : kRates) {
    in("network")[kind.key] =
        described(JsonObject{{"type", "number"}, {"minimum", 0}, {"maximum", kFastest}}, kind.meaning);
  }
  for (const auto& kind : kSpells) in("network")[kind.key] = described(reference("spell"), kind.meaning);
  sections[kBase] = described(JsonObject{{"type", "string"}, {"enum", strings(builtin_profile_names())}},
                              "the profile that this one begins with; without it everything is 0");

  auto schema = with(document("A profile of quasimodem", "How long a module and its network take: docs/profiles.md."),
                     closed(std::move(sections)));
  schema["definitions"] = JsonObject{{"delay", delay()}, {"spell", spell()}};
  return schema;
}

}  // namespace quasimodem::app::schema
