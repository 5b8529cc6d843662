// SPDX-License-Identifier: Apache-2.0
// Short messages and USSD: what others send, and what the network does with what the module sends.
#include <fmt/core.h>

#include "emulator/app/control/method.hpp"
#include "emulator/app/control/target.hpp"
#include "emulator/device/messaging.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/outside.hpp"
#include "emulator/device/service_centre.hpp"
#include "emulator/device/sms/pdu.hpp"
#include "emulator/device/ussd.hpp"
#include "emulator/device/ussd_answer.hpp"

namespace quasimodem::app::control {
namespace {

using device::Messaging;
using device::MobileEquipment;

Failure unreachable(std::string_view method) {
  return impossible(fmt::format("{}: the module cannot be reached: it is off or not registered", method));
}

// ---- short messages ----

Outcome outcome_of(std::string_view method, Messaging::Delivery delivery) {
  switch (delivery) {
    case Messaging::Delivery::stored: return JsonObject{{"delivery", "stored"}};
    case Messaging::Delivery::shown: return JsonObject{{"delivery", "shown"}};
    case Messaging::Delivery::dropped: return JsonObject{{"delivery", "dropped"}};
    case Messaging::Delivery::memory_full: return impossible(fmt::format("{}: the message memory is full", method));
    case Messaging::Delivery::failed: break;
  }
  return unreachable(method);
}

constexpr Param kDeliverParams[] = {
    {"from", ParamType::text, "number, or a name of up to 11 characters", Need::required},
    {"text", ParamType::text, "UTF-8; long texts come in parts", Need::required},
};

constexpr std::size_t kLongestName = 11;

Outcome deliver_sms(Call& call) {
  const auto from = *call.arguments.get<std::string>("from");
  if (from.empty()) return invalid("sms.deliver: from is empty");
  if (!device::sms::parse_number(from) && device::sms::from_utf8(from).size() > kLongestName) {
    return invalid(
        fmt::format("sms.deliver: from=\"{}\": a number of up to 20 digits, or a name of up to 11 characters", from));
  }
  const auto text = *call.arguments.get<std::string>("text");
  return outcome_of("sms.deliver", call.target.modem().me().outside().deliver_sms(from, text));
}

constexpr Param kReportParams[] = {
    {"delivered", ParamType::boolean, "the recipient has the message"},
    {"pending", ParamType::boolean, "not yet; the centre goes on trying"},
    {"failed", ParamType::boolean, "the centre has given up"},
    {"none", ParamType::boolean, "no report comes"},
    {"status", ParamType::integer, "the report's TP-ST itself, 0 to 127"},
    {"reference", ParamType::integer,
     "a report now, on the message with this <mr> of +CMGS; without: on all messages from now on"},
};

/// What the report is to say; none: there is none.
tl::expected<std::optional<std::uint8_t>, Failure> status_in(const Arguments& arguments) {
  using namespace device::delivery_status;
  const auto status = arguments.get<std::int64_t>("status");
  if (arguments.flags(kReportParams) + (status ? 1 : 0) != 1)
    return tl::unexpected{invalid("sms.report needs exactly one of delivered, pending, failed, none, status")};
  if (status && (*status < 0 || *status > kHighest)) return tl::unexpected{invalid("sms.report: status is 0 to 127")};
  if (arguments.flag("none")) return std::nullopt;
  if (status) return static_cast<std::uint8_t>(*status);
  return arguments.flag("delivered") ? kDelivered : arguments.flag("pending") ? kPending : kFailed;
}

Outcome report_sms(Call& call) {
  const auto status = status_in(call.arguments);
  if (!status) return status.error();
  auto& me = call.target.modem().me();
  const auto reference = call.arguments.get<std::int64_t>("reference");
  if (!reference) {
    me.service_centre().set_status(*status);
    return Json(true);
  }
  if (!*status) return invalid("sms.report: none goes without reference");
  if (*reference < 0 || *reference > 255) return invalid("sms.report: reference is 0 to 255");
  const auto* sent = me.messaging().find_sent(static_cast<int>(*reference));
  if (!sent) return impossible(fmt::format("sms.report: no message {} was sent", *reference));
  return outcome_of("sms.report", me.service_centre().report(*sent, **status));
}

// ---- USSD ----

constexpr std::string_view kModeHelp = "<m>: 0 that was all, 1 the host is to answer, 2 to 5 ended otherwise; 0";

constexpr Param kAnswerParams[] = {
    {"text", ParamType::text, "UTF-8", Need::required},
    {"m", ParamType::integer, kModeHelp},
    {"to", ParamType::text,
     "only to this, *100# or, in a session, what the host says then: 1, or the whole of it: *100# 1"},
};

constexpr Param kSendParams[] = {
    {"text", ParamType::text, "UTF-8"},
    {"m", ParamType::integer, kModeHelp},
};

std::optional<int> mode_in(const Arguments& arguments) {
  const auto mode = arguments.get<std::int64_t>("m").value_or(0);
  if (mode < 0 || mode > device::kHighestUssdMode) return std::nullopt;
  return static_cast<int>(mode);
}

Outcome answer_ussd(Call& call) {
  const auto mode = mode_in(call.arguments);
  if (!mode) return invalid("ussd.answer: m is 0 to 5");
  call.target.modem().me().ussd().set_answer({.to = call.arguments.get<std::string>("to").value_or(""),
                                              .text = *call.arguments.get<std::string>("text"),
                                              .mode = *mode});
  return Json(true);
}

Outcome send_ussd(Call& call) {
  const auto mode = mode_in(call.arguments);
  if (!mode) return invalid("ussd.send: m is 0 to 5");
  auto& me = call.target.modem().me();
  if (!me.in_service()) return unreachable("ussd.send");
  me.ussd().speak({.mode = *mode, .text = call.arguments.get<std::string>("text").value_or("")});
  return Json(true);
}

constexpr Method kMethods[] = {
    {"sms.deliver", "somebody sends a message", kDeliverParams, &deliver_sms},
    {"sms.report", "what becomes of messages that the module sends, as their status reports tell", kReportParams,
     &report_sms},
    {"ussd.answer", "what the network answers to AT+CUSD from now on", kAnswerParams, &answer_ussd, Effect::changes,
     "text"},
    {"ussd.send", "the network says something by itself, as +CUSD", kSendParams, &send_ussd, Effect::changes, "text"},
};

}  // namespace

std::span<const Method> message_methods() { return kMethods; }

}  // namespace quasimodem::app::control
