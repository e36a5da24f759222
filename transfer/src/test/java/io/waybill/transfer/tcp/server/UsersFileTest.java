package io.waybill.transfer.tcp.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.waybill.transfer.tcp.access.CidrList;
import io.waybill.transfer.tcp.login.ScramKey;
import io.waybill.transfer.tcp.tls.Pin;
import io.waybill.transfer.tcp.wire.FrameType;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UsersFileTest {
  private static final String PIN = "sha-256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";
  private static final ServerUser LIMITED =
      ServerUser.builder("partner")
          .root("in/partner")
          .permissions(EnumSet.of(Permission.WRITE, Permission.LIST))
          .quotaBytes(10L << 30)
          .from(CidrList.parse("10.0.0.0/8,192.0.2.7"))
          .build();

  @TempDir Path directory;
  private Path file;
  private UsersFile users;

  @BeforeEach
  void name() {
    file = directory.resolve("users");
    users = new UsersFile(file);
  }

  @Test
  void whatWasPutIsListed() throws IOException {
    ServerUser plain = ServerUser.builder("mover").build();
    users.put(plain, "key-of-mover");
    users.put(LIMITED, Pin.parse(PIN));
    users.putCertified(ServerUser.builder("ops").build());
    assertThat(users.list()).contains(plain, LIMITED).hasSize(3);
    assertThat(Files.readAllLines(file))
        .contains(
            "partner\t"
                + PIN
                + "\tin/partner\tpermissions=list,write quota=10GiB from=10.0.0.0/8,192.0.2.7",
            "ops\tcertificate\t.")
        .noneMatch(line -> line.contains("key-of-mover"));
    assertThat(users.load().entries())
        .extracting(UsersFile.Entry::proof)
        .contains(new UserProof.Pinned(Pin.parse(PIN)), new UserProof.Certified());
  }

  @Test
  void aNewKeyLeavesOptionsAndCommentsAlone() throws IOException {
    users.put(LIMITED, "first");
    Files.writeString(file, "# who may\n\n" + Files.readString(file));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    users.put("partner", "second", "elsewhere");
    assertThat(users.list()).containsExactly(LIMITED.toBuilder().root("elsewhere").build());
    assertThat(Files.readAllLines(file)).startsWith("# who may", "");
  }

  @Test
  void whoWasTakenOutIsGone() throws IOException {
    users.put(LIMITED, "key");
    assertThat(users.remove("nobody")).isFalse();
    assertThat(users.remove("partner")).isTrue();
    assertThat(users.list()).isEmpty();
    assertThat(new UsersFile(directory.resolve("none")).remove("partner")).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "a | expected <name>",
        "a\\tcertificate | expected <name>",
        "a\\tsecret\\t. | SCRAM-SHA-256$",
        "a\\tsha-256:47DE\\t. | this one has 4",
        "a\\tcertificate\\t.\\tpermissions=fly | no permission 'fly'",
        "a\\tcertificate\\t.\\tquota=ten | 'ten' is no number of bytes",
        "a\\tcertificate\\t.\\tquota=9000000TiB | no number of bytes",
        "a\\tcertificate\\t.\\tfrom=example.com | no IP address",
        "a\\tcertificate\\t.\\tfrom=, | from nowhere",
        "a\\tcertificate\\t.\\tquota=1 quota=2 | given twice",
        "a\\tcertificate\\t.\\tspeed=1 | there is no option 'speed'",
        "a\\tcertificate\\t.\\tquota | needs a value",
        "b\\tcertificate\\t. | user b is there twice"
      })
  void aMistakeIsNamedWithItsLine(String line, String why) throws IOException {
    Files.writeString(file, "b\tcertificate\t.\n" + line.replace("\\t", "\t") + "\n");
    assertThat(users.mistakes())
        .singleElement()
        .asString()
        .contains(":2: ", why)
        .doesNotContain("secret");
  }

  @Test
  void aMistakeIsNoHindranceToOthersAndMendedByItsOwnUser() throws IOException {
    Files.writeString(file, "bad\tbroken\t.\n");
    users.put(LIMITED, "key");
    assertThat(users.list()).containsExactly(LIMITED);
    assertThat(users.mistakes()).hasSize(1);
    users.put("bad", "key", ".");
    assertThat(users.mistakes()).isEmpty();
    assertThat(users.list()).hasSize(2);
  }

  @Test
  void aDirectoryIsNoUsersFile() {
    UsersFile none = new UsersFile(directory);
    for (ThrowingCallable each : List.<ThrowingCallable>of(none::list, none::load)) {
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(each)
          .withMessageContaining("is a directory");
    }
  }

  @Test
  void numbersOfBytesAreReadAsTheyAreWritten() {
    for (long bytes : new long[] {0, 1, 1023, 1024, 1025, 10L << 30, 3L << 40, Long.MAX_VALUE}) {
      assertThat(ByteSize.parse(ByteSize.format(bytes))).isEqualTo(bytes);
    }
    assertThat(ByteSize.format(512L << 10)).isEqualTo("512KiB");
    assertThatIllegalArgumentException().isThrownBy(() -> ByteSize.parse("1 GB"));
  }

  @Test
  void everyRequestNeedsAPermissionAndNothingElseDoes() {
    assertThat(requests(Permission.READ)).containsExactly(FrameType.OPEN, FrameType.FETCH);
    assertThat(requests(Permission.LIST)).containsExactly(FrameType.LIST, FrameType.STAT);
    assertThat(requests(Permission.WRITE))
        .containsExactly(FrameType.OFFER, FrameType.MKDIR, FrameType.BATCH, FrameType.QUERY);
    assertThat(requests(Permission.DELETE)).containsExactly(FrameType.RENAME, FrameType.DELETE);
  }

  private static List<FrameType> requests(Permission permission) {
    return List.of(FrameType.values()).stream()
        .filter(each -> Permission.required(each).filter(permission::equals).isPresent())
        .toList();
  }

  @Test
  void aServerTakesChangesAndOutlivesTheFile() throws IOException {
    InetAddress there = InetAddress.getByAddress(new byte[] {10, 1, 2, 3});
    users.put("one", "key", ".");
    ServerUsers served = new ServerUsers(directory);
    served.add(ServerUser.builder("given").build(), proof());
    served.add(users);
    users.put(LIMITED, "key");
    assertThat(served.account("partner", there)).isPresent();
    users.remove("one");
    assertThat(served.account("one", there)).isEmpty();
    assertThat(served.account("given", there)).isPresent();

    Files.writeString(file, "");
    assertThat(served.account("partner", there)).as("emptied").isEmpty();
    Files.delete(file);
    assertThat(served.account("given", there)).isPresent();
  }

  @Test
  void aFileThatOthersCanReadIsNoticedThoughNothingInItChanged() throws IOException {
    users.put("one", "key", ".");
    UsersFile.Version before = users.version();
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(users.version()).isNotEqualTo(before);
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(users::load)
        .withMessageContaining("chmod 600");
  }

  @Test
  void aBadLineBarsItsUserAndNobodyElse() throws IOException {
    InetAddress there = InetAddress.getByAddress(new byte[] {10, 1, 2, 3});
    ServerUsers served = new ServerUsers(directory);
    served.add(ServerUser.builder("given").root("kept").build(), proof());
    users.put(ServerUser.builder("good").root("in").build(), "key");
    served.add(users);
    for (String line :
        List.of(
            "bad\tbroken",
            "bad\tcertificate\t../..",
            "bad\tcertificate\t/etc",
            "bad\tcertificate\t.", // the users file itself lies there
            "bad\tcertificate\tin\nbad\tcertificate\tin/deeper",
            "given\tcertificate\tin")) {
      String before = Files.readString(file);
      Files.writeString(file, line + "\n" + before);
      assertThat(served.account("bad", there)).as(line).isEmpty();
      assertThat(served.account("good", there)).as(line).isPresent();
      assertThat(served.account("given", there).orElseThrow().root())
          .isEqualTo(directory.resolve("kept"));
      assertThat(users.list()).extracting(ServerUser::name).contains("good");
      assertThat(users.remove("good")).isTrue(); // in spite of the line
      assertThat(served.account("good", there)).as(line).isEmpty();
      Files.writeString(file, before);
      assertThat(served.account("good", there)).as("mended").isPresent();
    }
  }

  @Test
  void aDecoyIsShownForWhoIsNotThereAndWhoMayNotComeFromThere() throws IOException {
    InetAddress inside = InetAddress.getByAddress(new byte[] {10, 1, 2, 3});
    InetAddress outside = InetAddress.getByAddress(new byte[] {11, 1, 2, 3});
    ServerUsers served = new ServerUsers(directory);
    UserProof.Key proof = proof();
    served.add(LIMITED, proof);
    assertThat(served.key("partner", inside)).isSameAs(proof.key());
    for (String name : Set.of("partner", "nobody")) {
      ScramKey decoy = served.key(name, outside);
      assertThat(decoy.salt()).hasSameSizeAs(proof.key().salt()).isNotEqualTo(proof.key().salt());
      assertThat(decoy.iterations()).isEqualTo(proof.key().iterations());
      assertThat(served.key(name, outside).salt()).isEqualTo(decoy.salt());
    }
  }

  private static UserProof.Key proof() {
    return new UserProof.Key(ScramKey.derive("key", new SecureRandom()));
  }
}
