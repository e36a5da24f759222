package io.waybill.transfer.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.testkit.Direction;
import io.waybill.testkit.Fault;
import io.waybill.testkit.FaultPlan;
import io.waybill.testkit.FaultyProxy;
import io.waybill.testkit.Leaks;
import io.waybill.transfer.Digest;
import io.waybill.transfer.ExpectedContract;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** From one server to another through this process. */
class RelayIT {
  private static final int SIZE = (20 << 20) + 4321;

  @RegisterExtension final Leaks leaks = new Leaks();
  @TempDir Path directory;
  private TcpFixture one;
  private TcpFixture two;
  private FaultyProxy toOne;
  private FaultyProxy toTwo;
  private Relay relay;

  @BeforeEach
  void start() throws IOException {
    one = new TcpFixture(directory.resolve("one"));
    two = new TcpFixture(directory.resolve("two"));
    toOne = FaultyProxy.inFrontOf(one.server.port());
    toTwo = FaultyProxy.inFrontOf(two.server.port());
    relay =
        Relay.between(
            TcpFixture.settings(toOne.port()).build(), TcpFixture.settings(toTwo.port()).build());
  }

  @AfterEach
  void stop() {
    relay.close();
    toOne.close();
    toTwo.close();
    one.close();
    two.close();
  }

  private Path served(int size) throws IOException {
    return Files.move(one.file("a.bin", size), one.root.resolve("a.bin"));
  }

  private void assertCopied(Path source) {
    assertThat(two.root.resolve("b.bin")).hasSameBinaryContentAs(source);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, SIZE})
  void aFileIsCopiedFromServerToServer(int size) throws IOException {
    Path source = served(size);
    TransferReceipt receipt = relay.copy("a.bin", "b.bin", TransferOptions.defaults());
    assertCopied(source);
    assertThat(receipt.verification()).isEqualTo(Verification.DIGEST);
    assertThat(receipt.digest())
        .hasValueSatisfying(
            digest -> assertThat(digest.algorithm()).isEqualTo(Digest.Algorithm.SHA_256_TREE));
    assertThat(receipt.bytes()).isEqualTo(size);
    assertThat(two.partFiles()).isEmpty();
  }

  @Test
  void theDigestThatBothEndsCompareAnywayIsNotOfferedTwice() throws IOException {
    Path source = served(SIZE);
    TransferOptions options =
        TransferOptions.builder().digest(Digest.Algorithm.SHA_256_TREE).build();
    TransferReceipt receipt = relay.copy("a.bin", "b.bin", options);
    assertCopied(source);
    assertThat(receipt.digest())
        .hasValueSatisfying(
            digest -> assertThat(digest.algorithm()).isEqualTo(Digest.Algorithm.SHA_256_TREE));
  }

  @ParameterizedTest
  @CsvSource({
    "true, TO_CLIENT, CUT",
    "true, TO_CLIENT, RESET",
    "false, TO_TARGET, CUT",
    "false, TO_TARGET, RESET",
    "true, TO_CLIENT, CORRUPT_ONE_BYTE",
    "false, TO_TARGET, CORRUPT_ONE_BYTE"
  })
  void aLineThatBreaksOnEitherSideIsMadeAgainAndTheFileGoesOn(
      boolean atSource, Direction direction, Fault fault) throws IOException {
    Path source = served(SIZE);
    FaultyProxy broken = atSource ? toOne : toTwo;
    broken.arm(FaultPlan.once(fault, direction, 12_500_000));
    TransferReceipt receipt = relay.copy("a.bin", "b.bin", TransferOptions.defaults());
    assertThat(broken.strikes()).isEqualTo(1);
    assertCopied(source);
    assertThat(two.partFiles()).isEmpty();
    if (fault != Fault.CORRUPT_ONE_BYTE) {
      assertThat(receipt.reconnects()).isPositive();
      assertThat(receipt.bytesResumed()).isPositive();
      assertThat(toTwo.bytes(Direction.TO_TARGET)).isLessThan(SIZE + (10 << 20));
    }
  }

  @Test
  void anEqualTargetIsLeftAlone() throws IOException {
    served(SIZE);
    relay.copy("a.bin", "b.bin", TransferOptions.defaults());
    long before = toTwo.bytes(Direction.TO_TARGET);
    TransferReceipt again = relay.copy("a.bin", "b.bin", TransferOptions.defaults());
    assertThat(again.skippedBecauseEqual()).isTrue();
    assertThat(toTwo.bytes(Direction.TO_TARGET) - before).isLessThan(1_000);
  }

  @Test
  void whatEitherServerRefusesIsSaid() throws IOException {
    served(1_000);
    Files.writeString(two.root.resolve("b.bin"), "there");
    assertThatExceptionOfType(TransferException.NotFound.class)
        .isThrownBy(() -> relay.copy("missing.bin", "b.bin", TransferOptions.defaults()));
    assertThat(toTwo.connections()).isEqualTo(1); // the target was told nothing, and holds nothing
    assertThatExceptionOfType(TransferException.Refused.class)
        .isThrownBy(
            () ->
                relay.copy(
                    "a.bin",
                    "b.bin",
                    TransferOptions.builder().targetPolicy(TargetPolicy.FAIL).build()))
        .withMessageContaining("127.0.0.1:" + toTwo.port());
    assertThat(two.root.resolve("b.bin")).hasContent("there");
    assertThat(relay.copy("a.bin", "c.bin", TransferOptions.defaults()).bytes()).isEqualTo(1_000);
  }

  @Test
  void whatTheContentMustHaveIsComparedBeforeItIsPublished() throws IOException {
    Path source = ExpectedContract.source(one.root.resolve("f"));
    ExpectedContract.holds(source, two.root.resolve("g"), options -> relay.copy("f", "g", options));
    TransferOptions both =
        TransferOptions.builder()
            .expected(new Digest(Digest.Algorithm.SHA_1, "ab".repeat(20)))
            .digest(Digest.Algorithm.MD5)
            .build();
    assertThatExceptionOfType(TransferException.Configuration.class)
        .isThrownBy(() -> relay.copy("f", "g", both))
        .withMessageContaining("one algorithm");
  }
}
