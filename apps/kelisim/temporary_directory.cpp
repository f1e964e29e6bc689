// SPDX-License-Identifier: Apache-2.0
#include "temporary_directory.hpp"

#include <stdlib.h>

#include <string>

#include "base/result.hpp"

namespace kelisim::app {

namespace fs = std::filesystem;

TemporaryDirectory::TemporaryDirectory() {
    std::string name = (fs::temp_directory_path() / "kelisim-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw base::Outage("no temporary directory");
    path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
    std::error_code ignored;  // what cannot be removed is left in the temporary directory
    fs::remove_all(path_, ignored);
}

}  // namespace kelisim::app
