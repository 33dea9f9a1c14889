// The language of micro-programs: what is wrong is said with its place, and what a call costs.
#include <doctest/doctest.h>

#include "description/error.hpp"
#include "hw/associative/micro_program.hpp"

using namespace moesaic;
using namespace moesaic::hw::associative;

TEST_SUITE("unit") {
  TEST_CASE("a wrong micro-program is an error with its place") {
    const auto message = [](const char* text) -> std::string {
      try {
        const MicroLibrary library(text, "t.micro");
        library.expand(*library.find("f"), {{0, 1}, {}}, VectorPlan{});
      } catch (const InputError& e) {
        return e.what();
      }
      return "no error";
    };
    CHECK(message("operation f\nwrites z\nreads x\nbegin\n RL = y\nend\n") ==
          "t.micro:5:7: unknown vector 'y', did you mean 'x'?");
    CHECK(message("operation f\nwrites z\nreads x\nbegin\n z = x\nend\n").find("t.micro:5:2: ") == 0);
    CHECK(message("operation f\nwrites z\nreads x\nbegin\n RL = x ; RL = x\nend\n").find("t.micro:5:11: ") ==
          0);
    CHECK(message("operation f\nwrites z\nreads x\nbegin\n RL = x").find("ends where 'end'") !=
          std::string::npos);
    CHECK(message("operation f\nwrites z\nreads x\nbegin\n repeat i = 0 to 3 step 0\n end\nend\n")
              .find("step 0") != std::string::npos);
    CHECK(message("operation f\nwrites z\nreads x\nbegin\n call f(z, x)\nend\n").find("deeper than 4") !=
          std::string::npos);
    CHECK(message("operation f\nwrites z\nreads x\nbegin\n RL[1 << 40] = x\nend\n").find("t.micro:5:") == 0);
    CHECK(message("operation f\nwrites z\nreads x\nbegin\n RL[sigmod(1, 4, 9)] = x\nend\n").find("did you mean 'sigmoid'") !=
          std::string::npos);
    CHECK(message("operation f\nwrites z\nreads x\nbegin\n RL[exp(1, 4)] = x\nend\n").find("t.micro:5:5: exp takes") == 0);
    CHECK(message("operation f\nwrites z\nreads x\nbegin\n inline g(z, x)\nend\n").find("t.micro:5:") == 0);
    CHECK(message("operation f\nwrites z\nreads x\ntemporaries a b c d e g h i j\nbegin\n z = 0\nend\n").find("1 vectors more") !=
          std::string::npos);
  }

  TEST_CASE("an operation whose text stands in another costs no call and no registers of its own") {
    const MicroLibrary library("operation g\nwrites z\nreads x\nbegin\n RL = x\n z = RL\nend\n"
                               "operation called\nwrites z\nreads x\nbegin\n RL = x\n call g(z, x)\nend\n"
                               "operation inlined\nwrites z\nreads x\nbegin\n RL = x\n inline g(z, x)\nend\n",
                               "t.micro");
    const auto code = [&](const char* name) { return library.expand(*library.find(name), {{0, 1}, {}}, VectorPlan{}); };
    CHECK(code("called").instructions.size() == 3);
    CHECK(code("inlined").instructions.size() == 3);
    CHECK(code("called").registers() == 4);
    CHECK(code("inlined").registers() == 2);
  }
}
