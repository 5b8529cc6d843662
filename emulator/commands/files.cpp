// SPDX-License-Identifier: Apache-2.0
// Files, AT+QF* (at-reference 4.5, from drivers). Errors are +CME ERROR with the file codes.

#include "emulator/commands/family.hpp"
#include "emulator/commands/file_results.hpp"
#include "emulator/device/file_store.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "storage/checksum.hpp"

namespace quasimodem::commands {
namespace {

using device::FileName;
using device::FileProblem;
using device::FileStore;
using device::FileVolume;

Reply failure(FileProblem problem) { return Reply::cme(error_number(problem)); }

constexpr std::size_t kLongestTyped = 84;  // a name of 80 characters, behind UFS: or RAM:

struct File {
  std::string_view name;
};
constexpr std::array kFile{atcmd::text<&File::name>("filename", 1, kLongestTyped)};

// AT+QFUPL=<filename>[,<size>[,<timeout>[,<ack>]]] → CONNECT → data → +QFUPL: <size>,<checksum>
struct Upload {
  std::string_view name;
  int size = 10240;
  int timeout_s = 5;
  int acknowledge = 0;
};
constexpr std::array kUpload{
    atcmd::text<&Upload::name>("filename", 1, kLongestTyped),
    atcmd::integer<&Upload::size>("size", 1, 0x7FFFFFFF).optional(10240),
    atcmd::integer<&Upload::timeout_s>("timeout", 1, 65535).optional(5),
    atcmd::integer<&Upload::acknowledge>("ackmode", 0, 0).optional(0),
};

Reply finish_upload(Call& call, FileStore& files, const FileName& name, const IntakeOutcome& outcome) {
  if (outcome.data.empty()) return Reply::cme(cme::kFileTimeOut);
  if (const auto added = files.add(name, outcome.data); !added) return failure(added.error());
  call.respond(fmt::format("+QFUPL: {},{:x}", outcome.data.size(), storage::checksum(outcome.data)));
  return Reply::ok();
}

Reply upload(Call& call, const Upload& args) {
  const auto name = FileName::parse(args.name);
  if (!name) return Reply::cme(cme::kFileInvalidParameter);
  auto& files = call.me().files();
  const auto size = static_cast<std::size_t>(args.size);
  if (const auto possible = files.may_add(*name, size); !possible) return failure(possible.error());
  return call.data_mode({.length = size, .timeout = std::chrono::seconds{args.timeout_s}},
                        [&files, name = *name](Call& resumed, const IntakeOutcome& outcome) {
                          return finish_upload(resumed, files, name, outcome);
                        });
}

// AT+QFDWL=<filename> → CONNECT, the data, +QFDWL: <size>,<checksum>
Reply download(Call& call, const File& args) {
  const auto name = FileName::parse(args.name);
  if (!name) return Reply::cme(cme::kFileInvalidParameter);
  const auto content = call.me().files().read(*name);
  if (!content) return failure(content.error());
  call.respond_data("CONNECT", *content);
  call.respond(fmt::format("+QFDWL: {},{:x}", content->size(), storage::checksum(*content)));
  return Reply::ok();
}

// AT+QFLST[=<pattern>] — a name, `*` or `RAM:*`
struct Pattern {
  std::string_view text;
};
constexpr std::array kPattern{atcmd::text<&Pattern::text>("filename", 1, kLongestTyped)};

/// The volume of `*`, `UFS:*` or `RAM:*`.
std::optional<FileVolume> whole_volume(std::string_view pattern) {
  if (pattern == "*" || pattern == "UFS:*" || pattern == "ufs:*") return FileVolume::ufs;
  if (pattern == "RAM:*" || pattern == "ram:*") return FileVolume::ram;
  return std::nullopt;
}

Reply list_files(Call& call, const Pattern& args) {
  const auto volume = whole_volume(args.text);
  const auto name = FileName::parse(args.text);
  if (!volume && !name) return Reply::cme(cme::kFileInvalidParameter);
  std::vector<std::string> lines;
  for (const auto& entry : call.me().files().list(volume ? *volume : name->volume)) {
    if (volume || entry.name == *name) lines.push_back(fmt::format("+QFLST: \"{}\",{}", entry.name.text(), entry.size));
  }
  if (!lines.empty()) call.respond(lines);
  if (lines.empty() && !volume) return Reply::cme(cme::kFileNotFound);
  return Reply::ok();
}
Reply list_everything(Call& call) { return list_files(call, {"*"}); }

// AT+QFLDS=<volume> → +QFLDS: <free>,<total>
Reply show_space(Call& call, const Pattern& args) {
  const auto volume = whole_volume(std::string{args.text} + ":*");
  if (!volume) return Reply::cme(cme::kFileInvalidParameter);
  call.respond(fmt::format("+QFLDS: {},{}", call.me().files().available(*volume), FileStore::capacity(*volume)));
  return Reply::ok();
}
Reply show_ufs_space(Call& call) { return show_space(call, {"UFS"}); }

// AT+QFDEL=<filename>, `RAM:*` and `*` for all of a volume
Reply remove(Call& call, const File& args) {
  auto& files = call.me().files();
  if (const auto volume = whole_volume(args.name)) {
    const auto removed = files.remove_all(*volume);
    if (!removed) return failure(removed.error());
    // OBSERVED: nothing there is an error, quirk Q24.
    return *removed > 0 ? Reply::ok() : Reply::cme(cme::kFileInvalidParameter);
  }
  const auto name = FileName::parse(args.name);
  if (!name) return Reply::cme(cme::kFileInvalidParameter);
  const auto removed = files.remove(*name);
  return removed ? Reply::ok() : failure(removed.error());
}

// ---- handles ----

// AT+QFOPEN=<filename>[,<mode>[,<length>]] → +QFOPEN: <handle>      0 read and write, 1 empty first, 2 read only
// ASSUMED: <length>, room for a file of RAM, is not kept free.
struct Open {
  std::string_view name;
  FileStore::Mode mode = FileStore::Mode::create;
  int length = 0;
};
constexpr Meaning kOpenModes[] = {{0, "made when it is not there; read and write"},
                                  {1, "made anew, empty; read and write"},
                                  {2, "must be there; read only"}};
constexpr std::array kOpen{
    atcmd::text<&Open::name>("filename", 1, kLongestTyped),
    atcmd::choice<&Open::mode>("mode", kOpenModes).as_range().optional(0),
    atcmd::integer<&Open::length>("length", 0, 0x7FFFFFFF).optional(0),
};

Reply open(Call& call, const Open& args) {
  const auto name = FileName::parse(args.name);
  if (!name) return Reply::cme(cme::kFileInvalidParameter);
  const auto handle = call.me().files().open(*name, args.mode);
  if (!handle) return failure(handle.error());
  call.respond(fmt::format("+QFOPEN: {}", *handle));
  return Reply::ok();
}

// AT+QFOPEN? → +QFOPEN: "<filename>",<handle>,<mode> for each. OBSERVED: how hosts of sister modules read it
Reply show_open(Call& call) {
  std::vector<std::string> lines;
  for (const auto& file : call.me().files().open_files())
    lines.push_back(fmt::format("+QFOPEN: \"{}\",{},{}", file.name.text(), file.handle, static_cast<int>(file.mode)));
  if (!lines.empty()) call.respond(lines);
  return Reply::ok();
}

// AT+QFREAD=<handle>[,<length>] → CONNECT <n>, the data
struct Read {
  int handle = 0;
  int length = 1024;
};
constexpr std::array kRead{
    atcmd::integer<&Read::handle>("filehandle", 0, 0x7FFFFFFF),
    atcmd::integer<&Read::length>("length", 1, FileStore::kRamCapacity).optional(1024),
};

Reply read(Call& call, const Read& args) {
  const auto data = call.me().files().read_on(args.handle, static_cast<std::size_t>(args.length));
  if (!data) return failure(data.error());
  call.respond_data(fmt::format("CONNECT {}", data->size()), *data);
  return Reply::ok();
}

// AT+QFWRITE=<handle>[,<length>[,<timeout>]] → CONNECT → data → +QFWRITE: <written>,<size>
struct Write {
  int handle = 0;
  int length = 1024;
  int timeout_s = 5;
};
constexpr std::array kWrite{
    atcmd::integer<&Write::handle>("filehandle", 0, 0x7FFFFFFF),
    atcmd::integer<&Write::length>("length", 1, 10240).optional(1024),
    atcmd::integer<&Write::timeout_s>("timeout", 1, 65535).optional(5),
};

Reply write(Call& call, const Write& args) {
  auto& files = call.me().files();
  // Nothing is written yet; whether it can be is known before CONNECT.
  if (const auto possible = files.write_on(args.handle, {}); !possible) return failure(possible.error());
  return call.data_mode(
      {.length = static_cast<std::size_t>(args.length), .timeout = std::chrono::seconds{args.timeout_s}},
      [&files, handle = args.handle](Call& resumed, const IntakeOutcome& outcome) {
        const auto size = files.write_on(handle, outcome.data);
        if (!size) return failure(size.error());
        resumed.respond(fmt::format("+QFWRITE: {},{}", outcome.data.size(), *size));
        return Reply::ok();
      });
}

// AT+QFSEEK=<handle>,<offset>[,<position>]      0 from the start, 1 from here, 2 from the end
struct Seek {
  int handle = 0;
  int offset = 0;
  FileStore::Origin origin = FileStore::Origin::start;
};
constexpr Meaning kOrigins[] = {{0, "from the beginning"}, {1, "from the present position"}, {2, "from the end"}};
constexpr std::array kSeek{
    atcmd::integer<&Seek::handle>("filehandle", 0, 0x7FFFFFFF),
    atcmd::integer<&Seek::offset>("offset", 0, 0x7FFFFFFF),
    atcmd::choice<&Seek::origin>("position", kOrigins).as_range().optional(0),
};

Reply seek(Call& call, const Seek& args) {
  const auto moved = call.me().files().seek(args.handle, static_cast<std::size_t>(args.offset), args.origin);
  return moved ? Reply::ok() : failure(moved.error());
}

struct Handle {
  int handle = 0;
};
constexpr std::array kHandle{atcmd::integer<&Handle::handle>("filehandle", 0, 0x7FFFFFFF)};

// AT+QFPOSITION=<handle>
Reply show_position(Call& call, const Handle& args) {
  const auto position = call.me().files().position(args.handle);
  if (!position) return failure(position.error());
  call.respond(fmt::format("+QFPOSITION: {}", *position));
  return Reply::ok();
}

// AT+QFTUCAT=<handle> — what stands behind the position goes
Reply truncate(Call& call, const Handle& args) {
  const auto truncated = call.me().files().truncate(args.handle);
  return truncated ? Reply::ok() : failure(truncated.error());
}

// AT+QFFLUSH=<handle> — every write is in the file at once, so nothing waits
Reply flush(Call& call, const Handle& args) {
  const auto position = call.me().files().position(args.handle);
  return position ? Reply::ok() : failure(position.error());
}

// AT+QFMOV=<from>,<to>[,<copy>[,<overwrite>]]
struct Move {
  std::string_view from;
  std::string_view to;
  FileStore::Source source = FileStore::Source::removed;
  FileStore::Target target = FileStore::Target::must_be_free;
};
constexpr Meaning kSources[] = {{0, "the source goes"}, {1, "the source stays"}};
constexpr Meaning kTargets[] = {{0, "the target must not be there"}, {1, "the target is replaced"}};
constexpr std::array kMove{
    atcmd::text<&Move::from>("srcfilename", 1, kLongestTyped),
    atcmd::text<&Move::to>("dstfilename", 1, kLongestTyped),
    atcmd::choice<&Move::source>("copy", kSources).as_range().optional(0),
    atcmd::choice<&Move::target>("overwrite", kTargets).as_range().optional(0),
};

Reply move(Call& call, const Move& args) {
  const auto from = FileName::parse(args.from);
  const auto to = FileName::parse(args.to);
  if (!from || !to) return Reply::cme(cme::kFileInvalidParameter);
  const auto moved = call.me().files().move(*from, *to, args.source, args.target);
  return moved ? Reply::ok() : failure(moved.error());
}

// AT+QFCLOSE=<handle>
Reply close(Call& call, const Handle& args) {
  const auto closed = call.me().files().close(args.handle);
  return closed ? Reply::ok() : failure(closed.error());
}

constexpr Command file_command(std::string_view name, std::string_view summary, Form write, Confidence confidence) {
  return {.name = name,
          .summary = summary,
          .manual = "drivers (at-reference 4.5)",
          .confidence = confidence,
          .write = write,
          .invalid_parameter = cme::kFileInvalidParameter};
}
constexpr Command with_read(Command command, Form read) {
  command.read = read;
  return command;
}
/// From a table of the maker's commands that others made, services.md 1.4.
constexpr Command tabulated(Command command) {
  command.manual = "file commands (RT-RK's table)";
  return command;
}
constexpr Command with_execution(Command command, Form execution) {
  command.execution = execution;
  return command;
}

// A key may lie in an ordinary file as well.
constexpr atcmd::Payload kFileContent{.content = atcmd::Payload::Content::secret, .size_in = 1};
constexpr Line kDownloadLines[] = {
    {"CONNECT <size>", Line::result, "data mode: so many octets of a file follow, then OK"}};

constexpr auto kCommands = with_cme(std::array{
    with_execution(
        file_command("+QFLDS", "Space of a volume", atcmd::write<&show_space>(kPattern), Confidence::inferred),
        atcmd::plain<&show_ufs_space>()),
    with_execution(file_command("+QFLST", "List files", atcmd::write<&list_files>(kPattern), Confidence::seen),
                   atcmd::plain<&list_everything>()),
    taking(kFileContent, file_command("+QFUPL", "Store a file", atcmd::write<&upload>(kUpload), Confidence::seen)),
    saying(kDownloadLines, file_command("+QFDWL", "Fetch a file", atcmd::write<&download>(kFile), Confidence::seen)),
    file_command("+QFDEL", "Delete a file", atcmd::write<&remove>(kFile), Confidence::seen),
    tabulated(file_command("+QFMOV", "Move or copy a file", atcmd::write<&move>(kMove), Confidence::inferred)),
    with_read(file_command("+QFOPEN", "Open a file", atcmd::write<&open>(kOpen), Confidence::seen),
              atcmd::plain<&show_open>()),
    file_command("+QFREAD", "Read from an open file", atcmd::write<&read>(kRead), Confidence::seen),
    taking(kFileContent,
           file_command("+QFWRITE", "Write to an open file", atcmd::write<&write>(kWrite), Confidence::inferred)),
    file_command("+QFSEEK", "Set the position in an open file", atcmd::write<&seek>(kSeek), Confidence::seen),
    file_command("+QFPOSITION", "Position in an open file", atcmd::write<&show_position>(kHandle),
                 Confidence::inferred),
    tabulated(file_command("+QFFLUSH", "Write what waits into an open file", atcmd::write<&flush>(kHandle),
                           Confidence::inferred)),
    tabulated(file_command("+QFTUCAT", "Cut an open file off at its position", atcmd::write<&truncate>(kHandle),
                           Confidence::inferred)),
    file_command("+QFCLOSE", "Close a file", atcmd::write<&close>(kHandle), Confidence::seen),
});
static_assert(atcmd::names_are_unique(kCommands));

}  // namespace

// OBSERVED: 4010, 4013 and 4016 (at-reference 4.5, quirks Q24 and Q26). ASSUMED: the others, by their words.
int error_number(FileProblem problem) {
  constexpr int kAccessDenied = 4016;
  switch (problem) {
    case FileProblem::not_found: return cme::kFileNotFound;
    case FileProblem::exists: return cme::kFileAlreadyExists;
    case FileProblem::open: return kAccessDenied;
    case FileProblem::too_large: return cme::kFileTooLarge;
    case FileProblem::no_space: return cme::kFileNoSpace;
    case FileProblem::invalid_handle: return cme::kFileInvalidParameter;
    case FileProblem::read_only: return kAccessDenied;
    case FileProblem::failed: break;
  }
  return cme::kFileWriteFailed;
}

const atcmd::Family kFilesFamily{"Files", kCommands};

}  // namespace quasimodem::commands
