package io.waybill.transfer.tcp;

import static io.waybill.transfer.tcp.TcpFixture.KEY;
import static io.waybill.transfer.tcp.TcpFixture.USER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.transfer.Credentials;
import io.waybill.transfer.Digest;
import io.waybill.transfer.ExpectedContract;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.Integrity;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.Verification;
import io.waybill.transfer.file.SourceFile;
import io.waybill.transfer.tcp.server.TransferServer;
import io.waybill.transfer.tcp.server.UsersFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import javax.net.SocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TcpTransferIT {
  @TempDir Path directory;
  private TcpFixture fixture;

  TcpFixture newFixture(Path place) throws IOException {
    return new TcpFixture(place);
  }

  @BeforeEach
  void start() throws IOException {
    fixture = newFixture(directory);
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
    assertThat(fixture.partFiles()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "empty.bin, 0",
    "one byte, 1",
    "chunk.bin, 1048576",
    "chunk and one.bin, 1048577",
    "many chunks.bin, 12345678",
    "\u00fcbergr\u00f6\u00dfe \u6587\u4ef6 \ud83d\ude9a.bin, 70000"
  })
  void whatWasSentComesBackTheSame(String name, long size) throws IOException {
    Path source = fixture.file(name, size);
    Path back = fixture.local.resolve("back");
    try (TcpTransfer transfer = fixture.connect(fixture.server.port())) {
      TransferReceipt up = transfer.upload(source, name);
      assertThat(fixture.root.resolve(name)).hasSameBinaryContentAs(source);
      assertThat(up.bytes()).isEqualTo(size);
      assertThat(up.verification()).isEqualTo(Verification.DIGEST);
      assertThat(up.digest()).contains(tree(source));
      assertThat(up.attempts()).isEqualTo(1);
      assertThat(up.bytesResumed()).isZero();

      TransferReceipt down = transfer.download("/" + name, back);
      assertThat(back).hasSameBinaryContentAs(source);
      assertThat(down.digest()).contains(tree(source));
      assertThat(Files.getLastModifiedTime(back).toMillis())
          .isEqualTo(Files.getLastModifiedTime(source).toMillis());
    }
  }

  @Test
  void worksOverSocketsWithoutAChannel() throws IOException {
    Path source = fixture.file("a.bin", 3_000_000);
    WaybillServer server =
        fixture.client(fixture.server.port()).socketFactory(SocketFactory.getDefault()).build();
    try (TcpTransfer transfer = TcpTransfer.connect(server)) {
      transfer.upload(source, "a.bin");
    }
    assertThat(fixture.root.resolve("a.bin")).hasSameBinaryContentAs(source);
  }

  @Test
  void chunksOfZerosDoNotTravel() throws IOException {
    Path source = fixture.sparse("sparse.img", 64L << 20);
    try (CuttingProxy proxy = new CuttingProxy(fixture.server.port());
        TcpTransfer transfer = fixture.connect(proxy.port())) {
      TransferOptions options =
          TransferOptions.builder().digest(Digest.Algorithm.SHA_256_TREE).build();
      transfer.upload(source, "sparse.img", options);
      assertThat(proxy.bytesToServer.get()).isLessThan(10L << 20);

      Path back = fixture.local.resolve("back.img");
      transfer.download("sparse.img", back, options);
      assertThat(proxy.bytesToClient.get()).isLessThan(10L << 20);
      assertThat(Files.mismatch(back, source)).isEqualTo(-1);
    }
    assertThat(Files.mismatch(fixture.root.resolve("sparse.img"), source)).isEqualTo(-1);
  }

  @Test
  void aWholeTreeTravelsOverOneConnection() throws IOException {
    List<String> names = List.of("a/1.bin", "a/b/2.bin", "a/b/3.bin", "c/leer.txt");
    try (CuttingProxy proxy = new CuttingProxy(fixture.server.port());
        TcpTransfer transfer = fixture.connect(proxy.port())) {
      for (String name : names) {
        transfer.mkdir(name.substring(0, name.lastIndexOf('/')));
        transfer.upload(fixture.file(name.replace('/', '_'), name.length() * 1000L), name);
      }
      assertThat(transfer.list("", true))
          .filteredOn(FileEntry::isFile)
          .extracting(FileEntry::path)
          .containsExactlyInAnyOrderElementsOf(names);
      assertThat(proxy.connections).hasValue(1);
    }
  }

  @Test
  void whatUploadsHaveLeftGoesWithTheirDirectoryUnlessSomethingElseIsInIt() throws IOException {
    Path in = Files.createDirectories(fixture.root.resolve("in"));
    Path part = Files.write(in.resolve(".x.0123456789abcdef.wbpart"), new byte[9]);
    Path file = Files.write(in.resolve("file"), new byte[1]);
    try (TcpTransfer transfer = fixture.connect(fixture.server.port())) {
      assertThatExceptionOfType(TransferException.Refused.class)
          .isThrownBy(() -> transfer.removeDirectory("in"));
      assertThat(part).exists();
      Files.delete(file);
      assertThat(transfer.unfinished("in")).isEmpty();
      transfer.removeDirectory("in");
    }
    assertThat(in).doesNotExist();
  }

  @Test
  void listsStatsRenamesAndDeletes() throws IOException {
    Path source = fixture.file("a.bin", 1234);
    try (TcpTransfer transfer = fixture.connect(fixture.server.port())) {
      transfer.mkdir("in/deep");
      transfer.mkdir("in/deep");
      transfer.upload(source, "in/a.bin");

      assertThat(transfer.stat("in/a.bin"))
          .hasValueSatisfying(entry -> assertThat(entry.sizeBytes()).isEqualTo(1234));
      assertThat(transfer.stat("")).hasValueSatisfying(e -> assertThat(e.isDirectory()).isTrue());
      assertThat(transfer.stat("nowhere")).isEmpty();
      assertThat(transfer.stat("/in/"))
          .hasValueSatisfying(e -> assertThat(e.path()).isEqualTo("in"));
      assertThat(transfer.stat("in/a.bin/")).isEmpty();
      assertThat(transfer.list("/in/", false)).hasSize(2);
      assertThat(transfer.list("in", false))
          .extracting(FileEntry::path)
          .containsExactlyInAnyOrder("a.bin", "deep");

      transfer.rename("in/a.bin", "in/deep/b.bin");
      assertThat(transfer.list("in", true))
          .extracting(FileEntry::path)
          .containsExactly("deep", "deep/b.bin");
      transfer.delete("in/deep/b.bin");
      assertThat(transfer.stat("in/deep/b.bin")).isEmpty();
      assertThatExceptionOfType(TransferException.NotFound.class)
          .isThrownBy(() -> transfer.delete("in/deep/b.bin"));
      assertThatExceptionOfType(TransferException.NotFound.class)
          .isThrownBy(() -> transfer.list("nowhere", false));
    }
  }

  @Test
  void aListingOfManyPagesArrivesWhole() throws IOException {
    for (int i = 0; i < 3000; i++) {
      Files.createFile(fixture.root.resolve("a rather long name to fill the pages " + i));
    }
    try (TcpTransfer transfer = fixture.connect(fixture.server.port())) {
      assertThat(transfer.list("", false)).hasSize(3000);
    }
  }

  @Test
  void renameDoesNotOverwrite() throws IOException {
    Files.writeString(fixture.root.resolve("a"), "a");
    Files.writeString(fixture.root.resolve("b"), "b");
    try (TcpTransfer transfer = fixture.connect(fixture.server.port())) {
      assertThatExceptionOfType(TransferException.Refused.class)
          .isThrownBy(() -> transfer.rename("a", "b"));
    }
    assertThat(fixture.root.resolve("b")).hasContent("b");
  }

  @Test
  void renameDoesNotNestDirectoriesDeeperThanTheyCanBeListed() throws IOException {
    String half = "d/".repeat(150);
    Files.createDirectories(fixture.root.resolve("a/" + half));
    Files.createDirectories(fixture.root.resolve("b/" + half));
    try (TcpTransfer transfer = fixture.connect(fixture.server.port())) {
      assertThatExceptionOfType(TransferException.Refused.class)
          .isThrownBy(() -> transfer.rename("a", "b/" + half + "a"))
          .withMessageContaining("nested deeper than 256");
      transfer.rename("a", "c");
      assertThat(transfer.list("", true)).hasSize(2 * 151);
    }
  }

  @Test
  void anEqualTargetIsSkippedAndAnotherReplaced() throws IOException {
    Path source = fixture.file("a.bin", 5_000_000);
    try (CuttingProxy proxy = new CuttingProxy(fixture.server.port());
        TcpTransfer transfer = fixture.connect(proxy.port())) {
      transfer.upload(source, "a.bin");
      proxy.bytesToServer.set(0);
      TransferReceipt again = transfer.upload(source, "a.bin");
      assertThat(again.skippedBecauseEqual()).isTrue();
      assertThat(again.verification()).isEqualTo(Verification.SIZE_MTIME);

      TransferOptions proven = TransferOptions.builder().atLeast(Verification.DIGEST).build();
      TransferReceipt read = transfer.upload(source, "a.bin", proven);
      assertThat(read.skippedBecauseEqual()).isTrue();
      assertThat(read.digest()).contains(tree(source));
      assertThat(proxy.bytesToServer.get()).isLessThan(10_000);

      TransferReceipt replaced =
          transfer.upload(
              source, "a.bin", proven.toBuilder().targetPolicy(TargetPolicy.REPLACE).build());
      assertThat(replaced.skippedBecauseEqual()).isFalse();
      assertThat(proxy.bytesToServer.get()).isGreaterThan(5_000_000);
    }
  }

  @Test
  void aTargetThatOnlyLooksEqualIsReplacedWhenProofIsAskedFor() throws IOException {
    Path source = fixture.file("a.bin", 3_000_000);
    Path target = fixture.root.resolve("a.bin");
    Files.write(target, new byte[3_000_000]);
    Files.setLastModifiedTime(target, Files.getLastModifiedTime(source));
    try (TcpTransfer transfer = fixture.connect(fixture.server.port())) {
      TransferReceipt receipt =
          transfer.upload(
              source, "a.bin", TransferOptions.builder().atLeast(Verification.DIGEST).build());
      assertThat(receipt.skippedBecauseEqual()).isFalse();
    }
    assertThat(target).hasSameBinaryContentAs(source);
  }

  @Test
  void anExistingTargetIsKeptWhenThePolicyIsToFail() throws IOException {
    Path source = fixture.file("a.bin", 100);
    Files.writeString(fixture.root.resolve("a.bin"), "old");
    try (TcpTransfer transfer = fixture.connect(fixture.server.port())) {
      TransferOptions options = TransferOptions.builder().targetPolicy(TargetPolicy.FAIL).build();
      assertThatExceptionOfType(TransferException.Refused.class)
          .isThrownBy(() -> transfer.upload(source, "a.bin", options))
          .withMessageContaining("a.bin exists");
    }
    assertThat(fixture.root.resolve("a.bin")).hasContent("old");
  }

  @Test
  void readBackIsReached() throws IOException {
    Path source = fixture.file("a.bin", 2_500_000);
    TransferOptions options = TransferOptions.builder().atLeast(Verification.READ_BACK).build();
    try (TcpTransfer transfer = fixture.connect(fixture.server.port())) {
      assertThat(transfer.upload(source, "a.bin", options).verification())
          .isEqualTo(Verification.READ_BACK);
      assertThat(transfer.download("a.bin", fixture.local.resolve("b"), options).verification())
          .isEqualTo(Verification.READ_BACK);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../out.bin",
        "a/../../out.bin",
        "//etc/passwd",
        "a//b",
        "./x",
        "C:\\x",
        "a\\b",
        "x\u0000y",
        "x\ny",
        "C:x",
        ".x.0011223344556677.wbpart",
        "link/out.bin"
      })
  void pathsThatLeadElsewhereAreRefused(String path) throws IOException {
    Path source = fixture.file("a.bin", 10);
    Files.createSymbolicLink(fixture.root.resolve("link"), fixture.local);
    try (TcpTransfer transfer = fixture.connect(fixture.server.port())) {
      assertThatExceptionOfType(TransferException.class)
          .isThrownBy(() -> transfer.upload(source, path));
      assertThatExceptionOfType(TransferException.class)
          .isThrownBy(() -> transfer.download(path, fixture.local.resolve("stolen")));
      assertThatExceptionOfType(TransferException.class).isThrownBy(() -> transfer.mkdir(path));
      assertThatExceptionOfType(TransferException.class)
          .isThrownBy(() -> transfer.rename("link", path));
      transfer.list("", true);
    }
    assertThat(directory.resolve("out.bin")).doesNotExist();
    assertThat(fixture.local.resolve("out.bin")).doesNotExist();
    assertThat(fixture.local.resolve("stolen")).doesNotExist();
  }

  @Test
  void aMissingSourceIsNotFoundAtEitherEnd() throws IOException {
    try (TcpTransfer transfer = fixture.connect(fixture.server.port())) {
      assertThatExceptionOfType(TransferException.NotFound.class)
          .isThrownBy(() -> transfer.download("nowhere.bin", fixture.local.resolve("x")))
          .withMessageNotContaining(fixture.root.toString());
      assertThatExceptionOfType(TransferException.NotFound.class)
          .isThrownBy(() -> transfer.upload(fixture.local.resolve("nowhere"), "x"));
      assertThatExceptionOfType(TransferException.NotFound.class)
          .isThrownBy(() -> transfer.upload(fixture.file("a", 1), "no/such/directory/a"));
      transfer.upload(fixture.file("b", 1), "b");
    }
  }

  @Test
  void aSourceThatChangesMeanwhileIsNotPublished() throws IOException {
    Path source = fixture.file("a.bin", 20_000_000);
    try (TcpTransfer transfer = fixture.connect(fixture.server.port())) {
      TransferOptions touching =
          TransferOptions.builder().listener(progress -> append(source)).build();
      assertThatExceptionOfType(TransferException.Integrity.class)
          .isThrownBy(() -> transfer.upload(source, "a.bin", touching))
          .withMessageContaining("changed while it was read");
    }
    assertThat(fixture.root.resolve("a.bin")).doesNotExist();
  }

  @Test
  void aWrongKeyIsRefusedAtOnceWithAClearMessage() {
    WaybillServer wrong =
        fixture
            .client(fixture.server.port())
            .credentials(new Credentials(USER, () -> "another-key"))
            .build();
    assertThatExceptionOfType(TransferException.Authentication.class)
        .isThrownBy(() -> TcpTransfer.connect(wrong))
        .withMessageContaining("user or key is wrong")
        .withMessageContaining("127.0.0.1:" + fixture.server.port())
        .withMessageNotContaining("another-key");
    WaybillServer unknown =
        fixture
            .client(fixture.server.port())
            .credentials(new Credentials("nobody", () -> KEY))
            .build();
    assertThatExceptionOfType(TransferException.Authentication.class)
        .isThrownBy(() -> TcpTransfer.connect(unknown))
        .withMessageContaining("user or key is wrong");
  }

  @Test
  void eachUserSeesOnlyItsOwnRoot() throws IOException {
    Files.createDirectories(fixture.root.resolve("one"));
    Files.writeString(fixture.root.resolve("secret"), "x");
    UsersFile users = new UsersFile(directory.resolve("users"));
    users.put("one", "key-of-one", "one");
    users.put("all", "key-of-all", ".");
    assertThat(directory.resolve("users")).content().doesNotContain("key-of-one", "key-of-all");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(directory.resolve("users"))))
        .isEqualTo("rw-------");
    try (TransferServer server = fixture.builder(0).users(users).build().start()) {
      WaybillServer.Builder settings = fixture.client(server.port());
      try (TcpTransfer one =
              TcpTransfer.connect(
                  settings.credentials(new Credentials("one", () -> "key-of-one")).build());
          TcpTransfer all =
              TcpTransfer.connect(
                  settings.credentials(new Credentials("all", () -> "key-of-all")).build())) {
        one.upload(fixture.file("a", 5), "a");
        assertThat(one.list("", true)).extracting(FileEntry::path).containsExactly("a");
        assertThat(all.list("", true))
            .extracting(FileEntry::path)
            .containsExactlyInAnyOrder("one", "one/a", "secret");
      }
    }
  }

  @Test
  void aUsersFileThatOthersCanReadIsRefused() throws IOException {
    UsersFile users = new UsersFile(directory.resolve("users"));
    users.put("one", "key-of-one", ".");
    Files.setPosixFilePermissions(
        directory.resolve("users"), PosixFilePermissions.fromString("rw-r-----"));
    assertThatExceptionOfType(TransferException.Configuration.class)
        .isThrownBy(() -> TransferServer.builder(fixture.root).users(users))
        .withMessageContaining("chmod 600");
  }

  @Test
  void plaintextIsSpokenOnlyWhereItWasAskedFor() {
    assertThatExceptionOfType(TransferException.Configuration.class)
        .isThrownBy(() -> TransferServer.builder(fixture.root).user("u", () -> "k").build())
        .withMessageContaining("identity")
        .withMessageContaining("plaintext");
  }

  private static void append(Path file) {
    try {
      Files.write(file, new byte[] {1}, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Digest tree(Path file) throws IOException {
    try (SourceFile source = SourceFile.open(file)) {
      return source.digest(Digest.Algorithm.SHA_256_TREE);
    }
  }

  @ParameterizedTest
  @EnumSource(Integrity.class)
  void whatTheContentMustHaveIsComparedBeforeItIsPublished(Integrity integrity) throws IOException {
    Path source = ExpectedContract.source(fixture.root.resolve("f"));
    Path target = fixture.local.resolve("t");
    try (TcpTransfer transfer = fixture.connect(fixture.server.port())) {
      ExpectedContract.holds(
          source,
          target,
          options ->
              transfer.download("f", target, options.toBuilder().integrity(integrity).build()));
      ExpectedContract.tellsAnotherAlgorithm(
          source, options -> transfer.download("f", target, options));
      ExpectedContract.holds(
          source,
          fixture.root.resolve("sent"),
          options ->
              transfer.upload(source, "sent", options.toBuilder().integrity(integrity).build()));
      ExpectedContract.tellsAnotherAlgorithm(
          source, options -> transfer.upload(source, "sent", options));
    }
  }
}
