// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "emulator/app/cli/doctor/report.hpp"

namespace quasimodem::app {
namespace {

using Verdict = Finding::Verdict;

enum class Paint { none, good, doubtful, bad, faint };

/// Text of a fixed width, which colour does not change.
class Painter {
 public:
  explicit Painter(Coloring coloring) : coloring_{coloring} {}

  std::string operator()(Paint paint, std::string_view text, std::size_t width = 0) const {
    if (coloring_ == Coloring::plain || paint == Paint::none) return fmt::format("{:<{}}", text, width);
    const auto padding = std::max(width, text.size()) - text.size();
    return fmt::format("\x1b[{}m{}\x1b[0m{:{}}", code(paint), text, "", padding);
  }

 private:
  static std::string_view code(Paint paint) {
    switch (paint) {
      case Paint::good: return "32";
      case Paint::doubtful: return "33";
      case Paint::bad: return "1;31";
      case Paint::faint: return "2";
      case Paint::none: break;
    }
    return "0";
  }

  Coloring coloring_;
};

/// As in the names of OpenSSL's suites, but 3DES for what it calls DES-CBC3.
std::string_view short_name(tls::CipherSuite suite) {
  switch (suite) {
    case tls::CipherSuite::rsa_aes_256_cbc_sha: return "AES256-SHA";
    case tls::CipherSuite::rsa_rc4_128_sha: return "RC4-SHA";
    case tls::CipherSuite::rsa_rc4_128_md5: return "RC4-MD5";
    case tls::CipherSuite::rsa_3des_ede_cbc_sha: return "3DES-SHA";
    case tls::CipherSuite::rsa_aes_128_cbc_sha: return "AES128-SHA";
    case tls::CipherSuite::rsa_aes_256_cbc_sha256: return "AES256-SHA256";
  }
  return "?";
}

std::size_t width_of(tls::CipherSuite suite) { return short_name(suite).size() + 2; }

void facts(std::string& text, std::string_view title, const Report::Facts& list) {
  fmt::format_to(std::back_inserter(text), "\n{}\n", title);
  for (const auto& [name, value] : list) fmt::format_to(std::back_inserter(text), "  {:<12}{}\n", name, value);
}

void cell(std::string& line, const tls::Capability& capability, const Painter& paint) {
  const auto width = width_of(capability.suite);
  switch (state_of(capability)) {
    case CellState::works: line += paint(Paint::good, "yes", width); return;
    case CellState::not_in_protocol: line += paint(Paint::faint, "-", width); return;
    case CellState::missing: line += paint(Paint::bad, "no", width); return;
  }
}

std::string trimmed(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

/// A version of which nothing works has a reason instead of cells.
std::string row(const Report& report, tls::Version version, const Painter& paint) {
  std::string line = fmt::format("  {:<8}", tls::name(version));
  const auto of_version = [&](const tls::Capability& capability) { return capability.version == version; };
  const auto works = [&](const tls::Capability& capability) { return of_version(capability) && capability.works; };
  if (std::ranges::none_of(report.tls, works)) {
    const auto first = std::ranges::find_if(report.tls, of_version);
    return line + paint(Paint::doubtful, "no") + ": " + (first == report.tls.end() ? "" : first->why_not) + "\n";
  }
  for (const auto& capability : report.tls) {
    if (of_version(capability)) cell(line, capability, paint);
  }
  return trimmed(std::move(line));
}

void tls_table(std::string& text, const Report& report, const Painter& paint) {
  std::string codes = fmt::format("{:<10}", "TLS"), names = fmt::format("{:<10}", "");
  for (const auto suite : tls::kAllCipherSuites) {
    codes += fmt::format("{:<{}}", fmt::format("0x{:04X}", static_cast<unsigned>(suite)), width_of(suite));
    names += fmt::format("{:<{}}", short_name(suite), width_of(suite));
  }
  text += "\n" + trimmed(codes) + trimmed(names);
  for (const auto version : tls::kAllVersions) text += row(report, version, paint);

  const auto count = [&](CellState state) {
    return std::ranges::count_if(report.tls, [&](const auto& capability) { return state_of(capability) == state; });
  };
  fmt::format_to(std::back_inserter(text), "  {} yes, each proved by a handshake; {} not in the protocol (-)",
                 count(CellState::works), count(CellState::not_in_protocol));
  if (const auto missing = count(CellState::missing); missing > 0) {
    fmt::format_to(std::back_inserter(text), "; {} not in this build", missing);
  }
  text += "\n";
}

std::string verdict_text(Verdict verdict, const Painter& paint) {
  constexpr std::size_t kWidth = 9;
  switch (verdict) {
    case Verdict::fine: return paint(Paint::good, "ok", kWidth);
    case Verdict::limited: return paint(Paint::doubtful, "limited", kWidth);
    case Verdict::broken: return paint(Paint::bad, "broken", kWidth);
  }
  return {};
}

void findings(std::string& text, const Report& report, const Painter& paint) {
  text += "\nMachine\n";
  for (const auto& finding : report.findings) {
    fmt::format_to(std::back_inserter(text), "  {}{:<19}{}\n", verdict_text(finding.verdict, paint), finding.subject,
                   finding.detail);
    if (!finding.way_out.empty()) fmt::format_to(std::back_inserter(text), "{:30}{}\n", "", finding.way_out);
  }
}

}  // namespace

std::string report_text(const Report& report, DoctorOptions::Extent extent, Coloring coloring) {
  const Painter paint{coloring};
  auto text = fmt::format("quasimodem {}\n", report.version);
  if (extent == DoctorOptions::Extent::everything) {
    facts(text, "Build", report.build);
    facts(text, "System", report.system);
  }
  tls_table(text, report, paint);
  if (extent == DoctorOptions::Extent::tls) return text;
  findings(text, report, paint);
  text += report.usable() ? "\nA module runs here.\n"
                          : "\nA module does not run here with the default options: something above is broken.\n";
  return text;
}

CellState state_of(const tls::Capability& cell) {
  if (cell.works) return CellState::works;
  return tls::allowed(cell.version, cell.suite) ? CellState::missing : CellState::not_in_protocol;
}

bool Report::usable() const {
  const auto broken = [](const Finding& finding) { return finding.verdict == Finding::Verdict::broken; };
  // A version the build was made without is a limit; one it has and that fails is a fault.
  const auto fails = [](const tls::Capability& cell) {
    return state_of(cell) == CellState::missing && tls::speaks(cell.version);
  };
  return std::ranges::none_of(findings, broken) && std::ranges::none_of(tls, fails);
}

}  // namespace quasimodem::app
