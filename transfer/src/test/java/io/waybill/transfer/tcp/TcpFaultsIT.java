package io.waybill.transfer.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.testkit.Direction;
import io.waybill.testkit.Fault;
import io.waybill.testkit.FaultPlan;
import io.waybill.testkit.FaultyProxy;
import io.waybill.testkit.Leaks;
import io.waybill.transfer.TransferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every fault of {@link FaultyProxy}, both ways, at places drawn from a seed: {@code
 * -Dwaybill.faults.seed=N} draws others, {@code -Dwaybill.faults.rounds=N} more.
 */
class TcpFaultsIT {
  private static final long SIZE = (6 << 20) + 12_345;
  private static final Duration IDLE = Duration.ofMillis(1_200);

  @TempDir static Path directory;
  @RegisterExtension final Leaks leaks = Leaks.watching(() -> directory);

  /** Which way the file goes. */
  private enum Way {
    UP,
    DOWN
  }

  static Stream<Arguments> cases() {
    long base = Long.getLong("waybill.faults.seed", 20_261_124);
    int rounds = Integer.getInteger("waybill.faults.rounds", 2);
    List<Arguments> all = new ArrayList<>();
    for (Fault fault : Fault.values()) {
      for (Direction direction : Direction.values()) {
        for (Way way : Way.values()) {
          for (int round = 0; round < rounds; round++) {
            all.add(Arguments.of(fault, direction, way, base + all.size()));
          }
        }
      }
    }
    return all.stream();
  }

  @ParameterizedTest(name = "{0} {1} {2} seed {3}")
  @MethodSource("cases")
  void aFaultLeavesTheFileWholeOrTheErrorClear(Fault fault, Direction direction, Way way, long seed)
      throws IOException {
    Path place = Files.createTempDirectory(directory, "case");
    try (TcpFixture fixture = new TcpFixture(place, IDLE);
        FaultyProxy proxy = FaultyProxy.inFrontOf(fixture.server.port())) {
      Path source = fixture.file("source.bin", SIZE);
      Files.copy(source, fixture.root.resolve("source.bin"));
      move(fixture, proxy, way, source, "eins.bin");
      // acknowledgements of several chunks go together, more of them at one time than at another
      long after = new Random(seed).nextLong(proxy.bytes(direction) * 6 / 10);

      proxy.arm(FaultPlan.once(fault, direction, after));
      TransferException failed = null;
      try {
        move(fixture, proxy, way, source, "copy.bin");
      } catch (TransferException e) {
        failed = e;
      }

      assertThat(proxy.strikes()).as("strikes after %d bytes", after).isEqualTo(1);
      if (failed != null) {
        assertThat(fault).as("%s", failed).isIn(Fault.CORRUPT_ONE_BYTE, Fault.OMIT_BYTES);
        assertThat(failed)
            .as("after %d bytes", after)
            .isInstanceOf(TransferException.Protocol.class)
            .hasMessageContaining("127.0.0.1:" + proxy.port());
        assertThat(arrived(fixture, way, "copy.bin")).doesNotExist();
        move(fixture, proxy, way, source, "copy.bin");
      }
      assertThat(Files.mismatch(arrived(fixture, way, "copy.bin"), source)).isEqualTo(-1);
    }
  }

  private static Path arrived(TcpFixture fixture, Way way, String name) {
    return (way == Way.UP ? fixture.root : fixture.local).resolve(name);
  }

  private static void move(
      TcpFixture fixture, FaultyProxy proxy, Way way, Path source, String name) {
    WaybillServer server = TcpFixture.settings(proxy.port()).idleTimeout(IDLE).build();
    try (TcpTransfer transfer = TcpTransfer.connect(server)) {
      if (way == Way.UP) {
        transfer.upload(source, name);
      } else {
        transfer.download("source.bin", fixture.local.resolve(name));
      }
    }
  }
}
