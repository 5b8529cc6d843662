// SPDX-License-Identifier: Apache-2.0
// The main() of a fuzz target in the default tests: its seeds, and each of them cut short at every octet. libFuzzer
// looks for more at night (tools/fuzz).
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int main(int argc, char** argv) {
  std::size_t inputs = 0;
  const auto run = [&](const std::uint8_t* data, std::size_t size) {
    // A copy of its own, so that AddressSanitizer sees a read behind its end.
    const std::vector<std::uint8_t> input{data, data + size};
    LLVMFuzzerTestOneInput(input.data(), input.size());
    ++inputs;
  };
  for (int i = 1; i < argc; ++i) {
    for (const auto& seed : std::filesystem::directory_iterator{argv[i]}) {
      std::ifstream file{seed.path(), std::ios::binary};
      const std::vector<char> text{std::istreambuf_iterator<char>{file}, {}};
      const auto* data = reinterpret_cast<const std::uint8_t*>(text.data());
      for (std::size_t size = text.size(); size > 0; --size) run(data, size);
    }
  }
  run(nullptr, 0);
  std::printf("%zu inputs\n", inputs);
  return argc > 1 && inputs < 2 ? EXIT_FAILURE : EXIT_SUCCESS;  // a folder without seeds is a mistake
}
