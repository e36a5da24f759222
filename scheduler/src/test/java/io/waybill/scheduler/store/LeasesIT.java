package io.waybill.scheduler.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.scheduler.SchedulerException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names of owners in a store that one process has at a time; MembershipIT has those of several. */
class LeasesIT {
  @TempDir Path folder;

  @Test
  void theNextLifeOfAProcessTakesWhatThePreviousOneHad() {
    try (Store store = Store.open(StoreSettings.h2(folder.resolve("waybill")))) {
      Leases before = leases(store, 1);
      Lease old = before.take("watch inbox").orElseThrow();
      assertThat(before.take("watch inbox")).contains(old);
      Leases after = leases(store, 2);
      Lease fresh = after.take("watch inbox").orElseThrow();
      assertThat(fresh.token()).isEqualTo(old.token() + 1);
      assertThat(before.isHeld(old)).isFalse();
      before.letGo(old); // changes nothing
      assertThat(after.isHeld(fresh)).isTrue();
      assertThatThrownBy(
              () ->
                  store
                      .transactions()
                      .run(
                          "writing",
                          connection -> {
                            before.require(connection, old);
                            return true;
                          }))
          .isInstanceOf(SchedulerException.LeaseLost.class)
          .hasMessageContaining("watch inbox");
    }
  }

  private static Leases leases(Store store, int seed) {
    return Leases.of(store, RunStore.of(store, "node", InstantSource.system(), new Random(seed)));
  }
}
