// SPDX-License-Identifier: Apache-2.0
// Certificates and keys, AT+QSEC* (SSL 2.2.7 – 2.2.9). Errors are +CME ERROR with the file codes (at-reference 3.9).

#include "emulator/commands/family.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/ssl_contexts.hpp"
#include "storage/security_file_store.hpp"

namespace quasimodem::commands {
namespace {

using storage::SecurityFileName;
using storage::StoreError;

// ASSUMED: the numbers. The note says only +CME ERROR: <err>; 4010 for a missing file is OBSERVED, 4012 follows from
// the observed words "Already exits", the others from the file codes' meaning (at-reference 8).
// `when_broken` is for a flash that does not do what it should.
Reply failure(StoreError error, int when_broken) {
  switch (error) {
    case StoreError::not_found: return Reply::cme(cme::kFileNotFound);
    case StoreError::already_exists: return Reply::cme(cme::kFileAlreadyExists);
    case StoreError::too_large: return Reply::cme(cme::kFileTooLarge);
    case StoreError::no_space: return Reply::cme(cme::kFileNoSpace);
    case StoreError::failed: break;
  }
  return Reply::cme(when_broken);
}

struct File {
  std::string_view name;
};
constexpr std::array kFile{atcmd::text<&File::name>("filename", 1, 80)};

// AT+QSECWRITE=<filename>,<filesize>[,<timeout>] → CONNECT → data                                          [SSL 2.2.7]
//   → +QSECWRITE: <uploadsize>,<checksum> and OK, after <filesize> bytes, +++, or <timeout> s of silence
struct Upload {
  std::string_view name;
  int size = 0;
  int timeout_s = 100;
};
constexpr std::array kUpload{
    atcmd::text<&Upload::name>("filename", 1, 80),
    atcmd::integer<&Upload::size>("filesize", 1, 0x7FFFFFFF),
    atcmd::integer<&Upload::timeout_s>("timeout", 3, 200).optional(100).shown_as("(3,200)"),
};

Reply finish_upload(Call& call, storage::SecurityFileStore& files, const SecurityFileName& name,
                    const IntakeOutcome& outcome) {
  // ASSUMED: silence from the start is a time-out, not an empty file (at-reference 3.9). So is +++ with nothing before
  // it.
  if (outcome.data.empty()) return Reply::cme(cme::kFileTimeOut);
  const auto sum = files.add(name, outcome.data);
  if (!sum) return failure(sum.error(), cme::kFileWriteFailed);
  call.respond(fmt::format("+QSECWRITE: {},{:x}", outcome.data.size(), *sum));
  return Reply::ok();
}

Reply upload(Call& call, const Upload& args) {
  const auto name = call.me().ssl().file(args.name);
  if (!name) return Reply::cme(cme::kFileInvalidParameter);
  const auto size = static_cast<std::size_t>(args.size);
  auto& files = call.me().security_files();
  if (const auto possible = files.may_add(*name, size); !possible)
    return failure(possible.error(), cme::kFileReadFailed);
  return call.data_mode({.length = size, .timeout = std::chrono::seconds{args.timeout_s}},
                        [&files, name = *name](Call& resumed, const IntakeOutcome& outcome) {
                          return finish_upload(resumed, files, name, outcome);
                        });
}

// AT+QSECREAD=<filename> → +QSECREAD: <good>,<checksum>                                                     [SSL 2.2.8]
Reply check(Call& call, const File& args) {
  const auto name = call.me().ssl().file(args.name);
  if (!name) return Reply::cme(cme::kFileInvalidParameter);
  const auto checked = call.me().security_files().check(*name);
  if (!checked) return failure(checked.error(), cme::kFileReadFailed);
  call.respond(fmt::format("+QSECREAD: {},{:x}", checked->good ? 1 : 0, checked->checksum));
  return Reply::ok();
}

// AT+QSECDEL=<filename>                                                                                     [SSL 2.2.9]
Reply remove(Call& call, const File& args) {
  const auto name = call.me().ssl().file(args.name);
  if (!name) return Reply::cme(cme::kFileInvalidParameter);
  const auto removed = call.me().security_files().remove(*name);
  return removed ? Reply::ok() : failure(removed.error(), cme::kFileDeleteFailed);
}

constexpr Line kStoredLines[] = {{"+QSECWRITE: <uploadsize>,<checksum>", Line::response, "the file is stored"}};
constexpr Meaning kGood[] = {{1, "as it was written"}, {0, "damaged"}};
constexpr Line kCheckedLines[] = {
    {"+QSECREAD: <good>,<checksum>", Line::response, "whether the file is as it was written", "", "good", kGood}};

constexpr std::array kCommands{
    Command{
        .name = "+QSECWRITE",
        .summary = "Store a certificate or key",
        .manual = "SSL 2.2.7",
        .write = atcmd::write<&upload>(kUpload).ignores_more(),  // OBSERVED: Zerynth's driver sends a fourth parameter
        .read = atcmd::answers_ok(),
        .lines = kStoredLines,
        .payload = atcmd::Payload{.content = atcmd::Payload::Content::secret, .size_in = 1},
        .invalid_parameter = cme::kFileInvalidParameter},
    Command{.name = "+QSECREAD",
            .summary = "Checksum of a certificate or key",
            .manual = "SSL 2.2.8",
            .write = atcmd::write<&check>(kFile),
            .read = atcmd::answers_ok(),
            .lines = kCheckedLines,
            .invalid_parameter = cme::kFileInvalidParameter},
    Command{.name = "+QSECDEL",
            .summary = "Delete a certificate or key",
            .manual = "SSL 2.2.9",
            .write = atcmd::write<&remove>(kFile),
            .read = atcmd::answers_ok(),
            .invalid_parameter = cme::kFileInvalidParameter},
};
static_assert(atcmd::names_are_unique(kCommands));

}  // namespace

const atcmd::Family kSecurityFilesFamily{"Certificates and keys", kCommands};

}  // namespace quasimodem::commands
