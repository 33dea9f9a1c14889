#include <systemc>

// SystemC's library wants this symbol; tests elaborate and start their simulations themselves.
int sc_main(int, char**) {
  return 0;
}
