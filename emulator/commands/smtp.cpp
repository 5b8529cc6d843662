// SPDX-License-Identifier: Apache-2.0
// Mail, AT+QSMTP* (services.md 4, from drivers and a table of the maker's commands). What goes wrong with a mail is a
// negative number behind OK, a bad value is 3765.

#include "emulator/commands/family.hpp"
#include "emulator/commands/firmware_command.hpp"
#include "emulator/commands/mail_text.hpp"
#include "emulator/device/configuration.hpp"
#include "emulator/device/events.hpp"
#include "emulator/device/mailer.hpp"
#include "emulator/device/mobile_equipment.hpp"

namespace quasimodem::commands {
namespace {

using device::FileName;
using device::Mailer;
using device::MailError;
using device::MailSent;
using Charset = device::MailCharset;
using Field = device::MailField;
using Recipient = device::MailRecipient;

constexpr int kLongestInput = 48000;  // seconds
constexpr int kShortestSending = 100;
// ASSUMED: the times that are meant when none is given, and how long the texts may be.
constexpr int kUsualInput = 60;
constexpr int kUsualSending = 300;
constexpr std::size_t kLongestText = 100;
constexpr std::size_t kLongestSubject = 250;
constexpr std::size_t kLongestFile = 85;  // a name of 80 characters, in /RAM/

int number_of(const device::MobileEquipment& me, MailError error) { return me.configuration().error_numbers.of(error); }

Mailer& mailer_of(Call& call) { return call.me().mailer(); }

/// What changes a mail is an ERROR while one is under way.
template <auto Handler>
Reply while_idle(Call& call) {
  return mailer_of(call).busy() ? Reply::error() : Handler(call);
}
template <class Args, Reply (*Handler)(Call&, const Args&)>
Reply while_idle(Call& call, const Args& args) {
  return mailer_of(call).busy() ? Reply::error() : Handler(call, args);
}
template <class Args, Reply (*Handler)(Call&, const Args&)>
constexpr Form edits(std::span<const Param> params) {
  return atcmd::write<&while_idle<Args, Handler>>(params);
}

// ---- texts ----

// AT+QSMTPSRV=<server>[,<port>]
struct Server {
  std::string_view host;
  int port = 0;
};
constexpr int kUsualPort = 25;
constexpr std::array kServer{
    atcmd::text<&Server::host>("server", 1, kLongestText),
    atcmd::integer<&Server::port>("port", 1, 65535).as_range().optional(kUsualPort),
};

Reply set_server(Call& call, const Server& args) {
  auto& settings = mailer_of(call).settings;
  settings.server = args.host;
  settings.port = static_cast<std::uint16_t>(args.port);
  return Reply::ok();
}
Reply show_server(Call& call) {
  const auto& settings = mailer_of(call).settings;
  call.respond(fmt::format("+QSMTPSRV: \"{}\",{}", settings.server, settings.port));
  return Reply::ok();
}

// AT+QSMTPUSER, AT+QSMTPPWD, AT+QSMTPNAME =<text>: one text each. The empty one takes it back.
struct Words {
  std::string_view text;
};

using Where = std::string& (*)(Mailer::Settings& settings);
std::string& user(Mailer::Settings& settings) { return settings.user; }
std::string& password(Mailer::Settings& settings) { return settings.password; }
std::string& sender_name(Mailer::Settings& settings) { return settings.mail.sender_name; }
std::string& sender(Mailer::Settings& settings) { return settings.mail.sender; }

template <Where Text>
Reply set_text(Call& call, const Words& args) {
  Text(mailer_of(call).settings) = args.text;
  return Reply::ok();
}
template <Where Text>
Reply show_text(const Command& command, atcmd::Call& channel_call, const CommandCall&) {
  auto& call = static_cast<Call&>(channel_call);
  call.respond(fmt::format("{}: \"{}\"", command.name, Text(mailer_of(call).settings)));
  return Reply::ok();
}

constexpr std::array kUser{atcmd::text<&Words::text>("user", 0, kLongestText)};
constexpr std::array kPassword{atcmd::text<&Words::text>("password", 0, kLongestText)};
constexpr std::array kName{atcmd::text<&Words::text>("name", 0, kLongestText)};
constexpr std::array kAddress{atcmd::text<&Words::text>("address", 0, kLongestText)};

// ASSUMED: an address that cannot be one is a bad value.
Reply set_sender(Call& call, const Words& args) {
  if (!args.text.empty() && !device::sendable(args.text)) return Reply::cme(cme::kInvalidInput);
  return set_text<&sender>(call, args);
}

// ---- recipients ----

// AT+QSMTPDST=1,<type>,<address> adds one; =0[,<type>[,<address>]] deletes
struct Destination {
  int mode = 0;
  std::optional<int> type{};
  std::optional<std::string_view> address{};
};
constexpr Meaning kModes[] = {{0, "delete: one, all of a type, or all"}, {1, "add"}};
constexpr Meaning kTypes[] = {{1, "To"}, {2, "Cc"}, {3, "Bcc"}};
constexpr std::array kDestination{
    atcmd::choice<&Destination::mode>("mode", kModes).as_range(),
    atcmd::choice<&Destination::type>("type", kTypes).as_range().optional(),
    atcmd::text<&Destination::address>("address", 1, kLongestText).optional(),
};
constexpr Line kDestinationLines[] = {{"+QSMTPDST: <count>", Line::result, "so many recipients there are now"}};

Field field_of(int type) { return static_cast<Field>(type - 1); }
int type_of(Field field) { return static_cast<int>(field) + 1; }

// ASSUMED: nobody knows whether the count comes before or behind OK; and that the 21st is an ERROR.
Reply set_destination(Call& call, const Destination& args) {
  auto& recipients = mailer_of(call).settings.mail.recipients;
  if (args.mode == 1) {
    if (!args.type || !args.address || !device::sendable(*args.address)) return Reply::cme(cme::kInvalidInput);
    if (recipients.size() == Mailer::kMostRecipients) return Reply::error();
    recipients.push_back({field_of(*args.type), std::string{*args.address}});
  } else {
    if (args.address && !args.type) return Reply::cme(cme::kInvalidInput);
    std::erase_if(recipients, [&](const Recipient& each) {
      return (!args.type || each.field == field_of(*args.type)) && (!args.address || each.address == *args.address);
    });
  }
  call.respond(fmt::format("+QSMTPDST: {}", recipients.size()));
  return Reply::ok();
}
Reply show_destinations(Call& call) {
  for (const auto& each : mailer_of(call).settings.mail.recipients)
    call.respond(fmt::format("+QSMTPDST: {},\"{}\"", type_of(each.field), each.address));
  return Reply::ok();
}

// ---- subject and body ----

constexpr Meaning kCharsets[] = {{0, "US-ASCII"}, {1, "UTF-8"}, {2, "GB2312"}, {3, "BIG5"}};

// AT+QSMTPSUB=<charset>,<subject>
struct Subject {
  Charset charset{};
  std::string_view text;
};
constexpr std::array kSubject{
    atcmd::choice<&Subject::charset>("charset", kCharsets).as_range(),
    atcmd::text<&Subject::text>("subject", 0, kLongestSubject),
};

Reply set_subject(Call& call, const Subject& args) {
  mailer_of(call).settings.mail.subject = {args.charset, std::string{args.text}};
  return Reply::ok();
}
Reply show_subject(Call& call) {
  const auto& subject = mailer_of(call).settings.mail.subject;
  call.respond(fmt::format("+QSMTPSUB: {},\"{}\"", static_cast<int>(subject.charset), subject.text));
  return Reply::ok();
}

/// ASSUMED: 0 is the usual time.
Duration input_time(int seconds) { return std::chrono::seconds{seconds == 0 ? kUsualInput : seconds}; }

/// A result that stands in the place of OK, which came before the data.
Reply concluding(Call& call, std::string_view line) {
  call.respond(line);
  return Reply::said();
}

// AT+QSMTPBODY=<charset>[,<time>] → OK, CONNECT → the text → `+++`, the time-out or 10240 octets → +QSMTPBODY: <size>
struct Body {
  Charset charset{};
  int time_s = 0;
};
constexpr std::array kBody{
    atcmd::choice<&Body::charset>("charset", kCharsets).as_range(),
    atcmd::integer<&Body::time_s>("timeout", 0, kLongestInput).as_range().optional(kUsualInput),
};
constexpr Line kBodyLines[] = {
    {"+QSMTPBODY: <size>", Line::result, "the text is taken: +++, the time-out or 10240 octets"}};

Reply take_body(Call& call, const Body& args) {
  call.write_result(ResultCode::ok);
  return call.data_mode({.length = Mailer::kLargestBody, .timeout = input_time(args.time_s)},
                        [charset = args.charset](Call& resumed, const IntakeOutcome& outcome) {
                          auto& mailer = mailer_of(resumed);
                          // Another terminal sends a mail meanwhile.
                          if (mailer.busy()) {
                            return concluding(resumed,
                                              fmt::format("+QSMTPBODY: {}", number_of(resumed.me(), MailError::busy)));
                          }
                          mailer.settings.mail.body = {charset, to_text(outcome.data)};
                          return concluding(resumed, fmt::format("+QSMTPBODY: {}", outcome.data.size()));
                        });
}

// ---- attachments ----

// AT+QSMTPATT=<file>[,<size>[,<time>]]: one of the store; with a size it comes from the TE behind OK and CONNECT
struct File {
  std::string_view name;
  std::optional<std::size_t> size{};
  int time_s = 0;
};
constexpr std::array kFile{
    atcmd::text<&File::name>("file", 1, kLongestFile),
    atcmd::integer<&File::size>("size", 1, static_cast<std::int64_t>(Mailer::kLargestAttachment)).as_range().optional(),
    atcmd::integer<&File::time_s>("timeout", 0, kLongestInput).as_range().optional(kUsualInput),
};
constexpr Line kFileLines[] = {
    {"+QSMTPATT: <size>", Line::result, "it is attached; negative: it is not, -12 when it cannot be read"}};

Reply attached(Call& call, const tl::expected<std::size_t, MailError>& size) {
  const auto number = size ? static_cast<long long>(*size) : number_of(call.me(), size.error());
  return concluding(call, fmt::format("+QSMTPATT: {}", number));
}

std::string last_element(std::string_view path) { return std::string{path.substr(path.find_last_of("/:") + 1)}; }

Reply take_attachment(Call& call, const File& args) {
  return call.data_mode({.length = *args.size, .timeout = input_time(args.time_s)},
                        [name = last_element(args.name)](Call& resumed, const IntakeOutcome& outcome) {
                          auto& mailer = mailer_of(resumed);
                          const bool whole = outcome.end == IntakeOutcome::End::complete;
                          if (!whole) return attached(resumed, tl::unexpected{MailError::unreadable});
                          // Another terminal sends a mail meanwhile.
                          if (mailer.busy()) return attached(resumed, tl::unexpected{MailError::busy});
                          return attached(resumed, mailer.attach(name, outcome.data));
                        });
}

// ASSUMED: the eleventh is -1, before CONNECT.
Reply attach(Call& call, const File& args) {
  auto& mailer = mailer_of(call);
  if (args.size && last_element(args.name).empty()) return Reply::cme(cme::kInvalidInput);
  call.write_result(ResultCode::ok);
  if (!mailer.may_attach()) return attached(call, tl::unexpected{MailError::too_many});
  if (args.size) return take_attachment(call, args);
  const auto file = FileName::parse(args.name);
  if (!file) return attached(call, tl::unexpected{MailError::unreadable});
  return attached(call, mailer.attach(*file));
}
Reply show_attachments(Call& call) {
  int index = 0;
  for (const auto& each : mailer_of(call).attachments())
    call.respond(fmt::format("+QSMTPATT: {},\"{}\",{}", ++index, each.name, each.size));
  return Reply::ok();
}

// AT+QSMTPDATT[=<index>]
struct Which {
  int index = 0;
};
constexpr std::array kWhich{
    atcmd::integer<&Which::index>("index", 1, static_cast<std::int64_t>(Mailer::kMostAttachments)).as_range()};

// ASSUMED: one that is not there is a bad value.
Reply detach(Call& call, const Which& args) {
  auto& mailer = mailer_of(call);
  const auto index = static_cast<std::size_t>(args.index) - 1;
  if (index >= mailer.attachments().size()) return Reply::cme(cme::kInvalidInput);
  mailer.detach(index);
  return Reply::ok();
}
Reply detach_all(Call& call) {
  mailer_of(call).detach_all();
  return Reply::ok();
}

// ---- the mail ----

Reply clear(Call& call) {
  mailer_of(call).clear();
  return Reply::ok();
}

// AT+QSMTPCFG=1[,<needed>]
struct Configuration {
  int type = 0;
  std::optional<int> value{};
};
constexpr Meaning kConfigured[] = {{1, "authentication"}};
constexpr Meaning kNeeded[] = {{0, "not needed"}, {1, "needed, once a user is given"}};
constexpr std::array kConfiguration{
    atcmd::choice<&Configuration::type>("type", kConfigured).shown_as("(1)"),
    atcmd::choice<&Configuration::value>("value", kNeeded).as_range().optional(),
};

Reply configure(Call& call, const Configuration& args) {
  auto& mailer = mailer_of(call);
  if (!args.value) {
    call.respond(fmt::format("+QSMTPCFG: {},{}", args.type, mailer.authenticate ? 1 : 0));
    return Reply::ok();
  }
  if (mailer.busy()) return Reply::error();
  mailer.authenticate = *args.value == 1;
  return Reply::ok();
}

// AT+QSMTPPUT[=<time>] → OK, later +QSMTPPUT: <result>
struct Sending {
  int time_s = 0;
};
constexpr std::array kSending{atcmd::integer<&Sending::time_s>("timeout", kShortestSending, kLongestInput).as_range()};
constexpr Line kSendingLines[] = {
    {"+QSMTPPUT: <result>", Line::urc,
     "0: the server has the mail. -1: it has not; -9: the network or the connection went away, or it took too long; "
     "-12: an attachment cannot be read"}};

Reply send(Call& call, const Sending& args) {
  if (!mailer_of(call).send(call.context(), std::chrono::seconds{args.time_s})) return Reply::error();
  call.own({Task::Kind::mail});
  return Reply::ok();
}
Reply send_in_usual_time(Call& call) { return send(call, {kUsualSending}); }

// ---- the table ----

constexpr atcmd::Payload kText{.content = atcmd::Payload::Content::ordinary, .size_in = std::nullopt};
// ASSUMED: what a host attaches is its own affair, and no key.
constexpr atcmd::Payload kSized{.content = atcmd::Payload::Content::ordinary, .size_in = 1};

constexpr Command mail_command(std::string_view name, std::string_view summary, Form write, Form read = {},
                               Form execution = {}) {
  return depending_on<&device::Firmware::smtp>("smtp", {.name = name,
                                                        .summary = summary,
                                                        .manual = "drivers (services.md 4)",
                                                        .confidence = Confidence::seen,
                                                        .write = write,
                                                        .read = read,
                                                        .execution = execution,
                                                        .invalid_parameter = cme::kInvalidInput,
                                                        .plain_without_form = true});
}

constexpr Command password_command(std::string_view name) {
  return mail_command(name, "Give the password", edits<Words, &set_text<&password>>(kPassword),
                      {.run = &show_text<&password>});
}

constexpr std::array kCommands{
    mail_command("+QSMTPCLR", "Forget the mail and its server", {}, {}, atcmd::plain<&while_idle<&clear>>()),
    mail_command("+QSMTPSRV", "Name the mail server", edits<Server, &set_server>(kServer),
                 atcmd::plain<&show_server>()),
    mail_command("+QSMTPUSER", "Give the user name", edits<Words, &set_text<&user>>(kUser), {.run = &show_text<&user>}),
    password_command("+QSMTPPWD"),
    password_command("+QSMTPPASS"),
    mail_command("+QSMTPNAME", "Give the sender's name", edits<Words, &set_text<&sender_name>>(kName),
                 {.run = &show_text<&sender_name>}),
    mail_command("+QSMTPADDR", "Give the sender's address", edits<Words, &set_sender>(kAddress),
                 {.run = &show_text<&sender>}),
    saying(kDestinationLines,
           mail_command("+QSMTPDST", "Add and delete recipients", edits<Destination, &set_destination>(kDestination),
                        atcmd::plain<&show_destinations>())),
    mail_command("+QSMTPSUB", "Give the subject", edits<Subject, &set_subject>(kSubject),
                 atcmd::plain<&show_subject>()),
    taking(kText, saying(kBodyLines, mail_command("+QSMTPBODY", "Give the text", edits<Body, &take_body>(kBody)))),
    taking(kSized, saying(kFileLines, mail_command("+QSMTPATT", "Attach a file", edits<File, &attach>(kFile),
                                                   atcmd::plain<&show_attachments>()))),
    mail_command("+QSMTPDATT", "Take attachments away", edits<Which, &detach>(kWhich), {},
                 atcmd::plain<&while_idle<&detach_all>>()),
    mail_command("+QSMTPCFG", "Whether the server wants authentication", atcmd::write<&configure>(kConfiguration)),
    saying(kSendingLines, mail_command("+QSMTPPUT", "Send the mail", atcmd::write<&send>(kSending), {},
                                       atcmd::plain<&send_in_usual_time>())),
};
static_assert(atcmd::names_are_unique(kCommands));

}  // namespace

std::string mail_line(const device::MobileEquipment& me, const MailSent& event) {
  return fmt::format("+QSMTPPUT: {}", event.error ? number_of(me, *event.error) : 0);
}

const atcmd::Family kMailFamily{"Mail", kCommands};

}  // namespace quasimodem::commands
