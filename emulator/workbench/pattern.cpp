// SPDX-License-Identifier: Apache-2.0
#include "emulator/workbench/pattern.hpp"

#include <iterator>

#include <boost/regex.hpp>

namespace quasimodem::workbench {
namespace {

using Found = boost::match_results<std::string_view::const_iterator>;

Pattern::Match match_of(const Found& found) {
  Pattern::Match match{.at = static_cast<std::size_t>(found.position()), .groups = {}};
  for (const auto& group : found) match.groups.push_back(group.str());
  return match;
}

/// Boost has no type of its own for this error.
template <class Work>
auto guarded(Work work) {
  try {
    return work();
  } catch (const std::runtime_error& error) {
    throw Pattern::TooComplex{error.what()};
  }
}

}  // namespace

struct Pattern::Expression {
  boost::regex regex;
};

Pattern::Pattern(const std::string& expression, Case letters) {
  boost::regex::flag_type how = boost::regex::perl | boost::regex::no_mod_m | boost::regex::no_mod_s;
  if (letters == Case::ignored) how |= boost::regex::icase;
  try {
    expression_ = std::make_shared<const Expression>(Expression{boost::regex{expression, how}});
  } catch (const boost::regex_error& error) {
    throw std::invalid_argument{error.what()};
  }
}

std::optional<Pattern::Match> Pattern::find(std::string_view text) const {
  return guarded([&]() -> std::optional<Match> {
    Found found;
    if (!boost::regex_search(text.begin(), text.end(), found, expression_->regex)) return std::nullopt;
    return match_of(found);
  });
}

std::optional<Pattern::Match> Pattern::whole(std::string_view text) const {
  return guarded([&]() -> std::optional<Match> {
    Found found;
    if (!boost::regex_match(text.begin(), text.end(), found, expression_->regex)) return std::nullopt;
    return match_of(found);
  });
}

std::string Pattern::replaced(std::string_view text, std::string_view by) const {
  return guarded([&] {
    std::string result;
    boost::regex_replace(std::back_inserter(result), text.begin(), text.end(), expression_->regex, std::string{by},
                         boost::regex_constants::format_literal);
    return result;
  });
}

}  // namespace quasimodem::workbench
