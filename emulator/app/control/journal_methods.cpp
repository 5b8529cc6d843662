// SPDX-License-Identifier: Apache-2.0
// What the module did and does: journal, waiting, events.
#include <algorithm>

#include <fmt/core.h>

#include "emulator/app/base/arguments.hpp"
#include "emulator/app/base/record_json.hpp"
#include "emulator/app/control/method.hpp"
#include "emulator/app/control/target.hpp"

namespace quasimodem::app::control {
namespace {

std::optional<Failure> read_kinds(std::string_view method, const std::string& list, std::vector<RecordKind>& kinds) {
  if (list.empty()) return std::nullopt;
  std::vector<std::string> known;
  for (int i = 0; i < kRecordKinds; ++i) known.emplace_back(quasimodem::name_of(static_cast<RecordKind>(i)));
  for (const auto& word : split(list)) {
    const auto kind = record_kind(word);
    if (!kind) {
      return invalid(fmt::format("{}: there are no records of kind \"{}\"{}", method, word, did_you_mean(word, known)));
    }
    kinds.push_back(*kind);
  }
  return std::nullopt;
}

bool among(const std::vector<RecordKind>& kinds, RecordKind kind) {
  return kinds.empty() || std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

// ---- journal ----

constexpr std::int64_t kDefaultLimit = 1000;
constexpr Param kJournalParams[] = {
    {"since", ParamType::integer, "only records with a higher seq"},
    {"kind", ParamType::text, "only these kinds, separated by commas"},
    {"limit", ParamType::integer, "at most so many, the latest; default 1000"},
};

Outcome journal(Call& call) {
  std::vector<RecordKind> kinds;
  if (auto wrong = read_kinds("journal", call.arguments.get<std::string>("kind").value_or(""), kinds)) return *wrong;
  const auto since = call.arguments.get<std::int64_t>("since").value_or(0);
  const auto limit = call.arguments.get<std::int64_t>("limit").value_or(kDefaultLimit);
  if (since < 0 || limit < 1) return invalid("journal: since from 0, limit from 1");
  const auto& ring = call.target.journal();
  JsonArray records;
  std::uint64_t left_out = 0;
  for (auto record = ring.records().rbegin(); record != ring.records().rend(); ++record) {
    if (record->seq <= static_cast<std::uint64_t>(since)) break;
    if (!among(kinds, record->kind)) continue;
    if (records.size() < static_cast<std::size_t>(limit)) {
      records.push_back(record_json(*record, call.target.name()));
    } else {
      ++left_out;
    }
  }
  std::reverse(records.begin(), records.end());
  const auto first = ring.records().empty() ? ring.last() + 1 : ring.records().front().seq;
  return JsonObject{{"records", std::move(records)},
                    {"last", static_cast<std::int64_t>(ring.last())},
                    {"first_kept", static_cast<std::int64_t>(first)},
                    {"left_out", static_cast<std::int64_t>(left_out)}};
}

// ---- wait ----

constexpr Param kWaitParams[] = {
    {"match", ParamType::text, "text that a record must contain; none: until the module is ready"},
    {"kind", ParamType::text, "only records of these kinds, separated by commas"},
    {"since", ParamType::integer, "records after this seq count as well; default: only new ones"},
    {"timeout", ParamType::duration, "of module time, in the end of which it fails; default 10s"},
};

/// A request that waits; its timer keeps it alive.
struct Waiting {
  Waiting(Timeline& timeline, Answer to) : timer{timeline}, answer{std::move(to)} {}
  void stop() {
    subscription.reset();
    timer.cancel();
  }

  Timer timer;
  Answer answer;
  JournalRing::Subscription subscription;
};

Outcome wait(Call& call) {
  std::vector<RecordKind> kinds;
  if (auto wrong = read_kinds("wait", call.arguments.get<std::string>("kind").value_or(""), kinds)) return *wrong;
  const auto match = call.arguments.get<std::string>("match").value_or("");
  const auto timeout = call.arguments.get<Duration>("timeout").value_or(10s);
  const bool for_ready = match.empty() && kinds.empty();
  auto& target = call.target;
  if (for_ready && target.ready()) return JsonObject{{"ready", true}};

  const auto fits = [match, kinds](const Record& record) {
    // The request itself is no event.
    if (record.kind == RecordKind::ctl && kinds.empty()) return false;
    return among(kinds, record.kind) && record.text().find(match) != std::string::npos;
  };
  if (const auto since = call.arguments.get<std::int64_t>("since"); since && !for_ready) {
    for (const auto& record : target.journal().records()) {
      if (record.seq > static_cast<std::uint64_t>(std::max<std::int64_t>(0, *since)) && fits(record)) {
        return record_json(record, target.name());
      }
    }
  }

  const auto waiting = std::make_shared<Waiting>(target.timeline(), call.answer);
  const auto what = for_ready ? std::string{"the module to be ready"} : fmt::format("\"{}\"", match);
  waiting->timer.start(timeout, [waiting, what] {
    waiting->answer(tl::unexpected{Failure{ErrorCode::timed_out, fmt::format("wait: waited in vain for {}", what)}});
  });
  const auto weak = std::weak_ptr{waiting};
  call.answer.when_over([weak] {
    if (const auto still = weak.lock()) still->stop();
  });
  const auto hear = [weak, fits, for_ready, &target](const Record& record) {
    const auto still = weak.lock();
    if (!still || !(for_ready ? record.kind == RecordKind::power && target.ready() : fits(record))) return;
    still->answer(for_ready ? Json(JsonObject{{"ready", true}}) : record_json(record, target.name()));
  };
  waiting->subscription = target.journal().listen(hear);
  return Later{};
}

// ---- subscribe ----

constexpr Param kSubscribeParams[] = {
    {"kind", ParamType::text, "only these kinds, separated by commas; default: all"},
    {"off", ParamType::boolean, "no more events"},
};

Outcome subscribe(Call& call) {
  if (call.arguments.flag("off")) {
    call.client.follow({});
    return Json(true);
  }
  std::vector<RecordKind> kinds;
  if (auto wrong = read_kinds("subscribe", call.arguments.get<std::string>("kind").value_or(""), kinds)) return *wrong;
  const auto hear = [kinds = std::move(kinds), &target = call.target, &client = call.client](const Record& record) {
    if (among(kinds, record.kind)) client.tell(record_json(record, target.name()));
  };
  call.client.follow(call.target.journal().listen(hear));
  return Json(true);
}

constexpr Method kMethods[] = {
    {"journal", "what the host sent and got and what the module did", kJournalParams, &journal, Effect::none},
    {"wait", "answers when it has happened", kWaitParams, &wait, Effect::none, "match"},
    {"subscribe", "every record from now on, as an object with seq", kSubscribeParams, &subscribe, Effect::none},
};

}  // namespace

std::span<const Method> journal_methods() { return kMethods; }

}  // namespace quasimodem::app::control
