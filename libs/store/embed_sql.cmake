# Makes SQL files part of the program, so that it never meets a file of another version. Configuration runs again when one
# of them changes.

# store_embed_migrations(OUT.cpp NAMESPACE FOLDER FILES...) defines NAMESPACE::migrations() over NNNN_name.sql files.
function(store_embed_migrations out namespace folder)
  set(rows "")
  foreach(file IN LISTS ARGN)
    if(NOT file MATCHES "^([0-9][0-9][0-9][0-9])_([a-z0-9_]+)\\.sql$")
      message(FATAL_ERROR "${file} is not named NNNN_name.sql")
    endif()
    set(name ${CMAKE_MATCH_2})
    string(REGEX REPLACE "^0+" "" number ${CMAKE_MATCH_1})
    file(READ ${folder}/${file} sql)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${folder}/${file})
    string(APPEND rows "    store::Migration{${number}, \"${name}\", R\"sql(${sql})sql\"},\n")
  endforeach()
  file(CONFIGURE OUTPUT ${out} @ONLY CONTENT [[// Written by libs/store/embed_sql.cmake.
#include <array>

#include "store/migration.hpp"

namespace kelisim::@namespace@ {
namespace {

constexpr auto all = std::to_array<store::Migration>({
@rows@});

}  // namespace

store::Migrations migrations();
store::Migrations migrations() { return all; }

}  // namespace kelisim::@namespace@
]])
endfunction()

# store_embed_text(OUT.hpp NAME FILE) defines the string constant NAME.
function(store_embed_text out name file)
  file(READ ${file} text)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  file(CONFIGURE OUTPUT ${out} @ONLY CONTENT [[// Written by libs/store/embed_sql.cmake.
#pragma once

// A compiler need not take more than 65536 characters of a literal; ours do.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverlength-strings"
inline constexpr char @name@[] = R"sql(@text@)sql";
#pragma GCC diagnostic pop
]])
endfunction()
