// SPDX-License-Identifier: Apache-2.0
// Short messages (M66 8, 27.005). Errors are +CMS ERROR (M66 16.8). AT+CMGF is with the general commands.

#include "emulator/commands/character_set.hpp"
#include "emulator/commands/message_compose.hpp"
#include "emulator/commands/message_errors.hpp"
#include "emulator/commands/message_text.hpp"
#include "emulator/commands/setting.hpp"
#include "emulator/device/message_store.hpp"
#include "emulator/device/messaging.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/sms/pdu.hpp"

namespace quasimodem::commands {
namespace {

namespace sms = device::sms;
using namespace cms;
using device::MessageMemory;
using device::MessageSettings;
using device::MessageState;
using device::StorageProblem;
using device::StoredMessage;

constexpr auto kSendLimit = 120s;               // M66 8.8
constexpr std::size_t kLongestTyped = 4 * 160;  // ASSUMED: what is longer is an error; text as UCS2 digits

Reply failure(StorageProblem problem) {
  switch (problem) {
    case StorageProblem::invalid_index: return Reply::cms(kInvalidIndex);
    case StorageProblem::full: return Reply::cms(kMemoryFull);
    case StorageProblem::failed: break;
  }
  return Reply::cms(kMemoryFailure);
}

/// Why no message command works now.
std::optional<Reply> refusal(Call& call) {
  switch (call.me().sim_status()) {
    case device::SimStatus::not_inserted: return Reply::cms(kNoSim);
    case device::SimStatus::pin_needed: return Reply::cms(kPinNeeded);
    case device::SimStatus::puk_needed: return Reply::cms(kPukNeeded);
    case device::SimStatus::blocked:
    case device::SimStatus::not_ready: return Reply::cms(kSimFailure);
    case device::SimStatus::busy:  // as all of it before Call Ready
    case device::SimStatus::ready: break;
  }
  constexpr int kMessagesReady = 3;
  if (call.me().initialisation() < kMessagesReady) return Reply::cms(kNotReady);
  return std::nullopt;
}

std::optional<Reply> refusal_to_send(Call& call) {
  if (auto refused = refusal(call)) return refused;
  if (!call.me().in_service()) return Reply::cms(kNoNetwork);
  return std::nullopt;
}

MessageSettings& settings(Call& call) { return call.settings().messages; }
device::MessageStore& store(Call& call) { return call.me().messaging().store(); }
bool text_mode(Call& call) { return call.settings().text_mode; }

/// ASSUMED: the command has done its work and succeeds, also when the memory fails to keep the new state.
void change_state(Call& call, MessageMemory memory, int index, MessageState state) {
  [[maybe_unused]] const auto changed = store(call).set_state(memory, index, state);
}

std::optional<int> number_in(const Argument& argument, int lowest, int highest) {
  const auto value = atcmd::parse_integer(argument.text);
  if (!value || *value < lowest || *value > highest) return std::nullopt;
  return static_cast<int>(*value);
}

// ---- composing ----

using Finish = Reply (*)(Call&, const Composed&, int option);

/// The prompt, then `finish` with what came.
Reply prompt(Call& call, std::function<Composition(const std::string&)> compose, Finish finish, int option) {
  const atcmd::PromptRequest request{
      .limit = kLongestTyped + 1,
      .echo = call.settings().dialogue.echo ? atcmd::Echo::on : atcmd::Echo::off,
      .sign_after_lines = text_mode(call),  // ASSUMED: as 27.005 3.5.1 has it; no sample has a text of two lines
  };
  return call.prompt(request,
                     [compose = std::move(compose), finish, option](Call& resumed, const IntakeOutcome& outcome) {
                       // ASSUMED: OK after ESC (at-reference 8).
                       if (outcome.end == IntakeOutcome::End::cancelled) return Reply::ok();
                       if (outcome.data.size() > kLongestTyped) return Reply::cms(kTooLong);
                       auto composed = compose(to_text(outcome.data));
                       return composed ? finish(resumed, *composed, option) : Reply::cms(composed.error());
                     });
}

Reply prompt_for_pdu(Call& call, std::size_t length, Finish finish, int option) {
  return prompt(
      call, [length, &me = call.me()](const std::string& typed) { return compose_from_pdu(typed, length, me); }, finish,
      option);
}

Reply prompt_for_text(Call& call, std::optional<sms::Address> destination, Finish finish, int option) {
  Envelope envelope{std::move(destination), call.settings().character_set, settings(call)};
  return prompt(
      call, [envelope = std::move(envelope)](const std::string& typed) { return compose_from_text(typed, envelope); },
      finish, option);
}

/// <da>[,<toda>]
std::optional<sms::Address> typed_address(Call& call, const std::vector<Argument>& arguments, std::size_t at) {
  if (at >= arguments.size() || arguments[at].omitted()) return std::nullopt;
  std::optional<int> type;
  if (at + 1 < arguments.size() && !arguments[at + 1].omitted()) {
    type = number_in(arguments[at + 1], 128, 255);
    if (!type) return std::nullopt;
  }
  return sms::parse_number(typed_number(arguments[at].text, call.settings().character_set), type);
}

// ---- sending ----

/// `then` runs when the network has taken the message. What it refuses fails with the network's cause.
Reply hand_over(Call& call, sms::Pdu pdu, const sms::Submit& submit, std::string_view name,
                std::function<void(Call&)> then = {}) {
  if (!pdu.centre) pdu.centre = call.me().messaging().centre();
  const auto sent = [name, then = std::move(then)](Call& held, const device::Messaging::Outcome& reference) {
    if (!reference) return Reply::cms(reference.error());
    if (then) then(held);
    held.respond(fmt::format("{}: {}", name, *reference));
    return Reply::ok();
  };
  call.me().messaging().send(std::move(pdu), submit, call.hold(kSendLimit, sent));
  return Reply::held();
}

Reply finish_sending(Call& call, const Composed& composed, int) {
  if (!composed.submit) return Reply::cms(kInvalidPdu);
  if (auto refused = refusal_to_send(call)) return *refused;
  return hand_over(call, composed.pdu, *composed.submit, "+CMGS");
}

// AT+CMGS=<da>[,<toda>] in text mode, AT+CMGS=<length> in PDU mode → prompt → +CMGS: <mr>                    [M66 8.8]
struct Send {
  std::string_view destination;
  int type = 129;
};
constexpr std::array kSend{
    // for the reference page: PDU mode has one parameter, <length>
    atcmd::text<&Send::destination>("da", 1, 80),
    atcmd::integer<&Send::type>("toda", 128, 255).optional(),
};

constexpr int kShortestPdu =
    7;  // ASSUMED: as other modules have it; a SUBMIT with an empty number and text has 7 octets

Reply send(Call& call, const std::vector<Argument>& arguments) {
  if (auto refused = refusal_to_send(call)) return *refused;
  if (!text_mode(call)) {
    const auto length = number_in(arguments.front(), kShortestPdu, sms::kMostTpdu);
    if (!length || arguments.size() > 1) return Reply::cms(kInvalidParameters);
    return prompt_for_pdu(call, static_cast<std::size_t>(*length), &finish_sending, 0);
  }
  auto destination = typed_address(call, arguments, 0);
  if (!destination || arguments.size() > 2) return Reply::cms(kInvalidParameters);
  return prompt_for_text(call, std::move(destination), &finish_sending, 0);
}

Reply finish_writing(Call& call, const Composed& composed, int option) {
  // ASSUMED: without <stat> a message is what its PDU says: to be sent, or received and read.
  const auto state = option >= 0       ? static_cast<MessageState>(option)
                     : composed.submit ? MessageState::unsent
                                       : MessageState::read;
  const bool to_send = state == MessageState::unsent || state == MessageState::sent;
  if (to_send != composed.submit.has_value()) return Reply::cms(kInvalidPdu);
  const auto index = store(call).add(settings(call).writing, {state, sms::encode(composed.pdu)});
  if (!index) return failure(index.error());
  call.respond(fmt::format("+CMGW: {}", *index));
  return Reply::ok();
}

std::optional<MessageState> typed_state(const Argument& argument) {
  for (const auto state : {MessageState::unread, MessageState::read, MessageState::unsent, MessageState::sent}) {
    if (argument.text == state_name(state)) return state;
  }
  const auto number = number_in(argument, 0, 3);
  return number ? std::optional{static_cast<MessageState>(*number)} : std::nullopt;
}

// AT+CMGW[=<da>[,<toda>[,<stat>]]], in PDU mode AT+CMGW=<length>[,<stat>] → prompt → +CMGW: <index>          [M66 8.9]
struct Write {
  std::string_view destination;
  int type = 129;
  std::string_view state;
};
constexpr std::array kWrite{
    atcmd::text<&Write::destination>("da", 1, 80),
    atcmd::integer<&Write::type>("toda", 128, 255).optional(),
    atcmd::text<&Write::state>("stat", 1, 10).optional(),
};

Reply write(Call& call, const std::vector<Argument>& arguments) {
  if (auto refused = refusal(call)) return *refused;
  const std::size_t state_at = text_mode(call) ? 2 : 1;
  if (arguments.size() > state_at + 1) return Reply::cms(kInvalidParameters);
  int option = -1;
  if (arguments.size() > state_at && !arguments[state_at].omitted()) {
    const auto state = typed_state(arguments[state_at]);
    if (!state) return Reply::cms(kInvalidParameters);
    option = static_cast<int>(*state);
  }
  if (text_mode(call)) {
    auto destination = typed_address(call, arguments, 0);
    if (!destination && !arguments.front().omitted()) return Reply::cms(kInvalidParameters);
    return prompt_for_text(call, std::move(destination), &finish_writing, option);
  }
  const auto length = number_in(arguments.front(), kShortestPdu, sms::kMostTpdu);
  if (!length) return Reply::cms(kInvalidParameters);
  return prompt_for_pdu(call, static_cast<std::size_t>(*length), &finish_writing, option);
}

Reply write_without_number(Call& call) {
  if (auto refused = refusal(call)) return *refused;
  if (!text_mode(call)) return Reply::cms(kInvalidParameters);
  return prompt_for_text(call, std::nullopt, &finish_writing, -1);
}

// AT+CMSS=<index>[,<da>[,<toda>]] → +CMSS: <mr>                                                             [M66 8.10]
struct SendStored {
  int index = 0;
  std::string_view destination;
  int type = 129;
};
constexpr std::array kSendStored{
    atcmd::integer<&SendStored::index>("index", 1, 60),
    atcmd::text<&SendStored::destination>("da", 1, 80).optional(),
    atcmd::integer<&SendStored::type>("toda", 128, 255).optional(),
};

Reply send_stored(Call& call, const std::vector<Argument>& arguments) {
  if (auto refused = refusal_to_send(call)) return *refused;
  const auto index = number_in(arguments.front(), 0, 255);
  if (!index || arguments.size() > 3) return Reply::cms(kInvalidParameters);
  const auto memory = settings(call).writing;
  const auto stored = store(call).at(memory, *index);
  if (!stored) return failure(stored.error());
  auto pdu = *stored ? sms::decode_pdu((*stored)->pdu) : std::nullopt;
  auto submit = pdu ? sms::decode_submit(pdu->tpdu) : std::nullopt;
  if (!submit) return Reply::cms(kInvalidIndex);  // ASSUMED: for an empty place and for a message that was received
  if (arguments.size() > 1) {
    const auto destination = typed_address(call, arguments, 1);
    if (!destination) return Reply::cms(kInvalidParameters);
    submit->destination = *destination;
    pdu->tpdu = sms::encode(*submit);
  }
  if (submit->destination.digits.empty()) return Reply::cms(kInvalidParameters);
  // ASSUMED: "STO SENT" from now on.
  return hand_over(call, *pdu, *submit, "+CMSS", [memory, index = *index](Call& resumed) {
    change_state(resumed, memory, index, MessageState::sent);
  });
}

// ---- reading and deleting ----

/// `,1` of AT+CMGR and AT+CMGL: an unread message stays unread.
enum class Reading { marks_read, leaves_unread };

void mark_read(Call& call, int index, const StoredMessage& message, Reading reading) {
  if (reading == Reading::marks_read && message.state == MessageState::unread)
    change_state(call, settings(call).reading, index, MessageState::read);
}

// AT+CMGR=<index>[,<mode>]                                                                                   [M66 8.7]
struct Read {
  int index = 0;
  Reading mode = Reading::marks_read;
};
constexpr std::array kRead{
    atcmd::integer<&Read::index>("index", 0, 255),
    atcmd::integer<&Read::mode>("mode", 0, 1).optional(0),
};

Reply read(Call& call, const Read& args) {
  if (auto refused = refusal(call)) return *refused;
  const auto stored = store(call).at(settings(call).reading, args.index);
  if (!stored) return failure(stored.error());
  if (!*stored) return Reply::ok();  // ASSUMED: an empty place (at-reference 5)
  const auto shown = message_lines(**stored, call.settings());
  std::vector lines{fmt::format("+CMGR: {}", shown.header)};
  if (shown.body) lines.push_back(*shown.body);
  call.respond(lines);
  mark_read(call, args.index, **stored, args.mode);
  return Reply::ok();
}

// AT+CMGL[=<stat>[,<mode>]] — words in text mode, 0–4 in PDU mode                                            [M66 8.6]
struct List {
  std::string_view state;
  Reading mode = Reading::marks_read;
};
constexpr std::array kList{
    atcmd::text<&List::state>("stat", 1, 10).optional(),
    atcmd::integer<&List::mode>("mode", 0, 1).optional(0),
};

/// -1: all.
std::optional<int> wanted_state(std::string_view typed) {
  constexpr int kAll = -1;
  if (typed.empty()) return static_cast<int>(MessageState::unread);
  // OBSERVED: hosts leave the format alone and send 4 or "ALL" in either mode; both are taken in both.
  if (typed == "ALL" || typed == "4") return kAll;
  const auto state = typed_state({Argument::Kind::bare, std::string{typed}});
  return state ? std::optional{static_cast<int>(*state)} : std::nullopt;
}

Reply list_messages(Call& call, const List& args) {
  if (auto refused = refusal(call)) return *refused;
  const auto wanted = wanted_state(args.state);
  if (!wanted) return Reply::cms(kInvalidParameters);
  std::vector<std::string> lines;
  for (const auto& [index, message] : store(call).list(settings(call).reading)) {
    if (*wanted >= 0 && *wanted != static_cast<int>(message.state)) continue;
    const auto shown = listed_lines(index, message, call.settings());
    lines.push_back(fmt::format("+CMGL: {}", shown.header));
    if (shown.body) lines.push_back(*shown.body);
    mark_read(call, index, message, args.mode);
  }
  if (!lines.empty()) call.respond(lines);
  return Reply::ok();
}
Reply list_unread(Call& call) { return list_messages(call, {}); }

Reply test_list(Call& call) {
  call.respond(text_mode(call) ? "+CMGL: (\"REC UNREAD\",\"REC READ\",\"STO UNSENT\",\"STO SENT\",\"ALL\")"
                               : "+CMGL: (0-4)");
  return Reply::ok();
}

/// Deletes what `goes` says of every message in the reading memory.
template <class Goes>
Reply remove_where(Call& call, Goes goes) {
  const auto memory = settings(call).reading;
  for (const auto& [index, message] : store(call).list(memory)) {
    if (!goes(message.state)) continue;
    if (const auto removed = store(call).remove(memory, index); !removed) return failure(removed.error());
  }
  return Reply::ok();
}

// AT+CMGD=<index>[,<delflag>] — 1 read, 2 and sent, 3 and unsent, 4 all                                      [M66 8.5]
struct Remove {
  int index = 0;
  int flag = 0;
};
constexpr Meaning kDeletions[] = {{0, "this message"},
                                  {1, "all that were read"},
                                  {2, "all that were read or sent"},
                                  {3, "all but the unread"},
                                  {4, "all"}};
constexpr std::array kRemove{
    atcmd::integer<&Remove::index>("index", 0, 255),
    atcmd::choice<&Remove::flag>("delflag", kDeletions).optional(0),
};

Reply remove(Call& call, const Remove& args) {
  if (auto refused = refusal(call)) return *refused;
  if (args.flag == 0) {
    // ASSUMED: OK for an empty place.
    const auto removed = store(call).remove(settings(call).reading, args.index);
    return removed ? Reply::ok() : failure(removed.error());
  }
  return remove_where(call, [flag = args.flag](MessageState state) {
    return state == MessageState::read || (state == MessageState::sent && flag >= 2) ||
           (state == MessageState::unsent && flag >= 3) || flag == 4;
  });
}

Reply test_remove(Call& call) {
  call.respond(fmt::format("+CMGD: (1-{}),(0-4)", device::MessageStore::capacity(settings(call).reading)));
  return Reply::ok();
}

// AT+QMGDA=<type> — words in text mode, 1–6 in PDU mode                                                     [M66 8.19]
struct RemoveKind {
  std::string_view type;
};
constexpr std::array kRemoveKind{atcmd::text<&RemoveKind::type>("type", 1, 10)};
constexpr std::array<std::string_view, 6> kKinds{"DEL READ",   "DEL UNREAD", "DEL SENT",
                                                 "DEL UNSENT", "DEL INBOX",  "DEL ALL"};

Reply remove_kind(Call& call, const RemoveKind& args) {
  if (auto refused = refusal(call)) return *refused;
  for (std::size_t i = 0; i < kKinds.size(); ++i) {
    // OBSERVED: TinyGSM sends the number whatever AT+CMGF is, so both are taken in both modes.
    if (args.type != kKinds[i] && args.type != std::to_string(i + 1)) continue;
    return remove_where(call, [i](MessageState state) {
      constexpr MessageState kOne[]{MessageState::read, MessageState::unread, MessageState::sent, MessageState::unsent};
      if (i < std::size(kOne)) return state == kOne[i];
      const bool received = state == MessageState::read || state == MessageState::unread;
      return received || i == 5;
    });
  }
  return Reply::cms(kInvalidParameters);
}

Reply test_remove_kind(Call& call) {
  call.respond(text_mode(call) ? "+QMGDA: (\"DEL READ\",\"DEL UNREAD\",\"DEL SENT\",\"DEL UNSENT\",\"DEL INBOX\","
                                 "\"DEL ALL\")"
                               : "+QMGDA: (1-6)");
  return Reply::ok();
}

// ---- storage ----

// AT+CPMS=<mem1>[,<mem2>[,<mem3>]] → +CPMS: <used1>,<total1>,<used2>,<total2>,<used3>,<total3>               [M66 8.4]
struct Storage {
  std::string_view reading;
  std::optional<std::string_view> writing;
  std::optional<std::string_view> receiving;
};
constexpr std::array kStorage{
    atcmd::text<&Storage::reading>("mem1", 2, 2),
    atcmd::text<&Storage::writing>("mem2", 2, 2).optional(),
    atcmd::text<&Storage::receiving>("mem3", 2, 2).optional(),
};

bool choose(MessageMemory& target, std::optional<std::string_view> name) {
  if (!name) return true;
  for (const auto memory : {MessageMemory::sim, MessageMemory::equipment, MessageMemory::both}) {
    if (*name != memory_name(memory)) continue;
    target = memory;
    return true;
  }
  return false;
}

std::string fill(Call& call, MessageMemory memory) {
  return fmt::format("{},{}", store(call).used(memory), device::MessageStore::capacity(memory));
}

Reply set_storage(Call& call, const Storage& args) {
  if (auto refused = refusal(call)) return *refused;
  auto changed = settings(call);
  if (!choose(changed.reading, args.reading) || !choose(changed.writing, args.writing) ||
      !choose(changed.receiving, args.receiving))
    return Reply::cms(kInvalidParameters);
  settings(call) = changed;
  call.respond(fmt::format("+CPMS: {},{},{}", fill(call, changed.reading), fill(call, changed.writing),
                           fill(call, changed.receiving)));
  return Reply::ok();
}

Reply show_storage(Call& call) {
  if (auto refused = refusal(call)) return *refused;
  std::string line = "+CPMS: ";
  for (const auto memory : {settings(call).reading, settings(call).writing, settings(call).receiving}) {
    if (line.back() != ' ') line += ',';
    line += fmt::format("\"{}\",{}", memory_name(memory), fill(call, memory));
  }
  call.respond(line);
  return Reply::ok();
}

// ---- settings ----

// AT+CSCA=<sca>[,<tosca>] — kept by the SIM                                                                  [M66 8.3]
struct Centre {
  std::string_view number;
  std::optional<int> type;
};
constexpr std::array kCentre{
    atcmd::text<&Centre::number>("sca", 1, 84),
    atcmd::integer<&Centre::type>("tosca", 128, 255).optional(),
};

Reply set_centre(Call& call, const Centre& args) {
  if (auto refused = refusal(call)) return *refused;
  const auto number = sms::parse_number(typed_number(args.number, call.settings().character_set), args.type);
  if (!number) return Reply::cms(kInvalidParameters);
  return call.me().messaging().set_centre(*number) ? Reply::ok() : Reply::cms(kMemoryFailure);
}
Reply show_centre(Call& call) {
  if (auto refused = refusal(call)) return *refused;
  const auto centre = call.me().messaging().centre();
  call.respond(fmt::format("+CSCA: \"{}\",{}", shown_number(sms::number_text(centre), call.settings().character_set),
                           centre.type));
  return Reply::ok();
}

// AT+CSMP=[<fo>[,<vp>[,<pid>[,<dcs>]]]]                                                               [M66 8.15–8.17]
struct TextParameters {
  std::optional<int> first_octet;
  std::optional<int> validity;
  std::optional<int> protocol;
  std::optional<int> data_coding;
};
constexpr std::array kTextParameters{
    atcmd::integer<&TextParameters::first_octet>("fo", 0, 255).optional(),
    atcmd::integer<&TextParameters::validity>("vp", 0, 255).optional(),
    atcmd::integer<&TextParameters::protocol>("pid", 0, 255).optional(),
    atcmd::integer<&TextParameters::data_coding>("dcs", 0, 255).optional(),
};

Reply set_text_parameters(Call& call, const TextParameters& args) {
  auto& current = settings(call);
  const auto first_octet = args.first_octet.value_or(current.first_octet);
  // ASSUMED: only the relative form of <vp> is there; the others would be a time as text.
  if (first_octet & 0x08) return Reply::cms(kOperationNotSupported);
  current.first_octet = first_octet;
  current.validity = args.validity.value_or(current.validity);
  current.protocol = args.protocol.value_or(current.protocol);
  current.data_coding = args.data_coding.value_or(current.data_coding);
  return Reply::ok();
}
Reply show_text_parameters(Call& call) {
  const auto& current = settings(call);
  call.respond(
      fmt::format("+CSMP: {},{},{},{}", current.first_octet, current.validity, current.protocol, current.data_coding));
  return Reply::ok();
}

// AT+CNMI=[<mode>[,<mt>[,<bm>[,<ds>[,<bfr>]]]]] — what is left out stays (ASSUMED)                          [M66 8.12]
constexpr Meaning kBuffering[] = {{0, "URCs are kept back"},
                                  {1, "URCs are dropped while the line is taken"},
                                  {2, "URCs wait while the line is taken"}};
constexpr Meaning kMessageReport[] = {{0, "no URC for a new message"},
                                      {1, "+CMTI: the message is stored"},
                                      {2, "+CMT: the message is shown"},
                                      {3, "+CMT for class 3 only"}};
constexpr Meaning kStatusReport[] = {
    {0, "no status reports"}, {1, "+CDS: the report is shown"}, {2, "+CDSI: the report is stored"}};
constexpr Line kMessageLines[] = {
    {"+CMTI: <memory>,<index>", Line::urc, "a short message arrived and is stored"},
    {"+CMT: <rest>", Line::urc, "a short message arrived; it follows"},
    {"+CDSI: <memory>,<index>", Line::urc, "a status report arrived and is stored"},
    {"+CDS: <rest>", Line::urc, "a status report arrived; it follows"},
};
constexpr int kBroadcastValues[] = {0, 2, 3};
constexpr std::array kIndications{
    atcmd::integer("mode", 0, 3).as_range().optional().meaning(kBuffering),
    atcmd::choice("mt", kMessageReport).as_range().optional(),
    atcmd::integer("bm", 0, 3).among(kBroadcastValues).as_range().optional(),
    atcmd::choice("ds", kStatusReport).as_range().optional(),
    atcmd::integer("bfr", 0, 1).as_range().optional(),
};

// AT+CSMS=<service> → +CSMS: <mt>,<mo>,<bm>                                                                  [M66 8.1]
struct Service {
  device::MessageService service = device::MessageService::phase_2;
};
// 128 is the maker's own. OBSERVED: oFono sends it to this maker's serial modules, and others to GSM modules; ASSUMED:
// that it is as 0.
constexpr Meaning kServices[] = {{0, "phase 2"}, {1, "phase 2+"}, {128, "the maker's own"}};
constexpr std::array kService{atcmd::choice<&Service::service>("service", kServices).as_range()};

Reply set_service(Call& call, const Service& args) {
  settings(call).service = args.service;
  call.me().messaging().settings_changed();
  call.respond("+CSMS: 1,1,1");
  return Reply::ok();
}
Reply show_service(Call& call) {
  call.respond(fmt::format("+CSMS: {},1,1,1", static_cast<int>(settings(call).service)));
  return Reply::ok();
}

// AT+CNMA[=<n>[,<length>]] — with AT+CSMS=1, for each message or report that was shown; <length> asks for a PDU that
// says why                                                                                              [27.005 3.4.4]
struct Acknowledgement {
  int kind = 0;  ///< 0 and 1 taken, 2 refused. ASSUMED: the network does not try again
  std::optional<int> length;
};
constexpr std::array kAcknowledgement{
    atcmd::integer<&Acknowledgement::kind>("n", 0, 2).as_range(),
    atcmd::integer<&Acknowledgement::length>("length", 0, static_cast<int>(sms::kMostTpdu)).optional(),
};

Reply acknowledge(Call& call) {
  return call.me().messaging().acknowledge() ? Reply::ok() : Reply::cms(kNoAcknowledgementExpected);
}

Reply acknowledge_with_reason(Call& call, const Acknowledgement& args) {
  if (args.length.value_or(0) == 0) return acknowledge(call);
  const atcmd::PromptRequest request{
      .limit = kLongestTyped,
      .echo = call.settings().dialogue.echo ? atcmd::Echo::on : atcmd::Echo::off,
  };
  // What the PDU says reaches nobody.
  return call.prompt(request, [](Call& resumed, const IntakeOutcome& outcome) {
    return outcome.end == IntakeOutcome::End::cancelled ? Reply::ok() : acknowledge(resumed);
  });
}

Reply test_acknowledgement(Call& call) {
  if (!text_mode(call)) call.respond("+CNMA: (0-2)");
  return Reply::ok();
}

// AT+CSCB=<mode>[,<mids>[,<dcss>]] — stored only, no cell broadcasts come                             [M66 8.15–8.17]
struct Broadcasts {
  int mode = 0;
  std::optional<std::string_view> ids;
  std::optional<std::string_view> codings;
};
constexpr std::array kBroadcasts{
    atcmd::integer<&Broadcasts::mode>("mode", 0, 1).as_range(),
    atcmd::text<&Broadcasts::ids>("mids", 0, 80).optional(),
    atcmd::text<&Broadcasts::codings>("dcss", 0, 80).optional(),
};

Reply set_broadcasts(Call& call, const Broadcasts& args) {
  auto& current = settings(call);
  current.broadcast_mode = args.mode;
  if (args.ids) current.broadcast_ids = *args.ids;
  if (args.codings) current.broadcast_codings = *args.codings;
  return Reply::ok();
}
Reply show_broadcasts(Call& call) {
  const auto& current = settings(call);
  call.respond(
      fmt::format("+CSCB: {},\"{}\",\"{}\"", current.broadcast_mode, current.broadcast_ids, current.broadcast_codings));
  return Reply::ok();
}

constexpr Line kSentLines[] = {{"+CMGS: <reference>", Line::response, "the message was sent"}};
constexpr Meaning kShownHeader[] = {{0, "few text mode parameters"}, {1, "all text mode parameters"}};

template <std::size_t Count>
constexpr std::array<Command, Count> with_cms(std::array<Command, Count> commands) {
  for (auto& each : commands) {
    each.errors = atcmd::ErrorClass::message;
    each.invalid_parameter = kInvalidParameters;
  }
  return commands;
}

constexpr atcmd::Payload kMessage{.content = atcmd::Payload::Content::ordinary};

constexpr auto kCommands = with_cms(std::array{
    Command{.name = "+CSMS",
            .summary = "Message service",
            .manual = "M66 8.1",
            .write = atcmd::write<&set_service>(kService),
            .read = atcmd::plain<&show_service>(),
            .values = values_of<InMembers<&MessageSettings::service>>(),
            .profile = Profile{.stored = false}},
    Command{.name = "+CSCA",
            .summary = "Service centre address",
            .manual = "M66 8.3",
            .write = atcmd::write<&set_centre>(kCentre),
            .read = atcmd::plain<&show_centre>(),
            .test = atcmd::answers_ok()},
    Command{.name = "+CPMS",
            .summary = "Preferred message storage",
            .manual = "M66 8.4",
            .write = atcmd::write<&set_storage>(kStorage),
            .read = atcmd::plain<&show_storage>(),
            .test_text = " (\"SM\",\"ME\",\"MT\"),(\"SM\",\"ME\",\"MT\"),(\"SM\",\"ME\",\"MT\")"},
    Command{.name = "+CMGD",
            .summary = "Delete messages",
            .manual = "M66 8.5",
            .write = atcmd::write<&remove>(kRemove),
            .test = atcmd::plain<&test_remove>()},
    Command{.name = "+CMGL",
            .summary = "List messages",
            .manual = "M66 8.6",
            .write = atcmd::write<&list_messages>(kList),
            .execution = atcmd::plain<&list_unread>(),
            .test = atcmd::plain<&test_list>()},
    Command{.name = "+CMGR",
            .summary = "Read a message",
            .manual = "M66 8.7",
            .write = atcmd::write<&read>(kRead),
            .test = atcmd::answers_ok()},
    Command{.name = "+CMGS",
            .summary = "Send a message",
            .manual = "M66 8.8",
            .write = atcmd::write_as_typed<&send>(kSend),
            .test = atcmd::answers_ok(),
            .lines = kSentLines,
            .payload = kMessage},
    Command{.name = "+CMGW",
            .summary = "Write a message to the storage",
            .manual = "M66 8.9",
            .write = atcmd::write_as_typed<&write>(kWrite),
            .execution = atcmd::plain<&write_without_number>(),
            .test = atcmd::answers_ok(),
            .payload = kMessage},
    Command{.name = "+CMSS",
            .summary = "Send a message from the storage",
            .manual = "M66 8.10",
            .write = atcmd::write_as_typed<&send_stored>(kSendStored),
            .test = atcmd::answers_ok()},
    Command{.name = "+CNMA",
            .summary = "Acknowledge a message that was shown",
            .manual = "27.005 3.4.4",
            .confidence = Confidence::inferred,
            .write = atcmd::write<&acknowledge_with_reason>(kAcknowledgement),
            .execution = atcmd::plain<&acknowledge>(),
            .test = atcmd::plain<&test_acknowledgement>(),
            .payload = kMessage},
    in_profile(saying(
        kMessageLines,
        tested_as(
            " (0-3),(0-3),(0,2,3),(0-2),(0,1)",
            setting_list<kIndications, &MessageSettings::buffering, &MessageSettings::show_messages,
                         &MessageSettings::show_broadcasts, &MessageSettings::show_reports, &MessageSettings::flush>(
                "+CNMI", "New message indications", "M66 8.12")))),
    Command{.name = "+CSCB",
            .summary = "Cell broadcast messages",
            .manual = "M66 8.15–8.17",
            .write = atcmd::write<&set_broadcasts>(kBroadcasts),
            .read = atcmd::plain<&show_broadcasts>(),
            .test_text = " (0,1)"},
    in_profile(
        setting<&MessageSettings::show_header, kShownHeader>("+CSDH", "Show text mode parameters", "M66 8.15–8.17")),
    Command{.name = "+CSMP",
            .summary = "Text mode parameters",
            .manual = "M66 8.15–8.17",
            .write = atcmd::write<&set_text_parameters>(kTextParameters),
            .read = atcmd::plain<&show_text_parameters>(),
            .test = atcmd::answers_ok()},
    Command{.name = "+QMGDA",
            .summary = "Delete messages of a kind",
            .manual = "M66 8.19",
            .write = atcmd::write<&remove_kind>(kRemoveKind),
            .test = atcmd::plain<&test_remove_kind>()},
    // ASSUMED: range and default; stored only.
    remembered_number<0, 1, 1>("+QSMSCODE", "Code mode of messages", "M66 8.20"),
});
static_assert(atcmd::names_are_unique(kCommands));

}  // namespace

const atcmd::Family kMessagesFamily{"Short messages", kCommands};

}  // namespace quasimodem::commands
