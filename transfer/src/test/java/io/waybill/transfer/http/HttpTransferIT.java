package io.waybill.transfer.http;

import static io.waybill.transfer.http.HttpSandbox.file;
import static io.waybill.transfer.http.HttpSandbox.random;
import static io.waybill.transfer.http.HttpSandbox.sha256;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.waybill.transfer.Credentials;
import io.waybill.transfer.ExpectedContract;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.TreeOptions;
import io.waybill.transfer.TreeReceipt;
import io.waybill.transfer.Verification;
import io.waybill.transfer.WebQuery;
import io.waybill.transfer.file.PartName;
import io.waybill.transfer.tcp.tls.Pin;
import io.waybill.transfer.tcp.tls.ServerTrust;
import io.waybill.transfer.trace.TraceLog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class HttpTransferIT {
  private static final int MIB = 1 << 20;
  @TempDir Path home;
  @TempDir Path local;
  private HttpSandbox sandbox;

  @BeforeEach
  void start() throws IOException {
    sandbox = new HttpSandbox(home);
  }

  @AfterEach
  void stop() throws IOException {
    sandbox.close();
    for (Path directory : List.of(home, local)) {
      assertThat(parts(directory)).as("unfinished files in %s", directory).isEmpty();
    }
  }

  private FileTransfer connect() {
    return HttpTransfer.connect(sandbox.settings().build());
  }

  private static TransferOptions with(TargetPolicy policy) {
    return TransferOptions.builder().targetPolicy(policy).build();
  }

  @Test
  void downloadsAFileWithItsTimeAndTheDigestThatTheServerTells() throws IOException {
    byte[] content = random(1, 3 * MIB + 17);
    file(home.resolve("größe 大 100%.bin"), content);
    sandbox.digests = true;
    Path target = local.resolve("ziel.bin");
    try (FileTransfer http = connect()) {
      TransferReceipt receipt = http.download("größe 大 100%.bin", target);
      assertThat(receipt.verification()).isEqualTo(Verification.DIGEST);
      assertThat(receipt.digest()).contains(sha256(content));
      assertThat(receipt.attempts()).isEqualTo(1);
      assertThat(receipt.reconnects()).isZero();
      assertThat(receipt.tls()).isEmpty();
      assertThat(http.download("größe 大 100%.bin", target).skippedBecauseEqual()).isTrue();
    }
    assertThat(target).hasBinaryContent(content);
    assertThat(Files.getLastModifiedTime(target))
        .isEqualTo(Files.getLastModifiedTime(home.resolve("größe 大 100%.bin")));
  }

  @Test
  void withoutADigestTheSizeAndTimeAreProvenAndMoreByReadingAgain() throws IOException {
    file(home.resolve("a"), random(2, MIB));
    TransferOptions proven = TransferOptions.builder().atLeast(Verification.DIGEST).build();
    try (FileTransfer http = connect()) {
      assertThat(http.download("a", local.resolve("a")).verification())
          .isEqualTo(Verification.SIZE_MTIME);
      assertThat(http.download("a", local.resolve("b"), proven).verification())
          .isEqualTo(Verification.READ_BACK);
    }
  }

  @Test
  void emptyFilesTravelBothWays() throws IOException {
    file(home.resolve("leer"), new byte[0]);
    Path source = file(local.resolve("quelle"), new byte[0]);
    try (FileTransfer http = connect()) {
      assertThat(http.download("leer", local.resolve("leer")).bytes()).isZero();
      assertThat(http.upload(source, "auch-leer").bytes()).isZero();
    }
    assertThat(local.resolve("leer")).isEmptyFile();
    assertThat(home.resolve("auch-leer")).isEmptyFile();
  }

  @Test
  void uploadWithMoveIsWholeOrNotThere() throws IOException {
    byte[] content = random(3, 2 * MIB + 5);
    Path source = file(local.resolve("quelle"), content);
    sandbox.dav = true;
    sandbox.digests = true;
    TransferOptions parents = TransferOptions.builder().makeParents(true).build();
    try (FileTransfer http = connect()) {
      TransferReceipt receipt = http.upload(source, "in/tief er/größe.bin", parents);
      assertThat(receipt.verification()).isEqualTo(Verification.DIGEST);
      assertThat(receipt.digest()).contains(sha256(content));
      assertThat(http.upload(source, "in/tief er/größe.bin").skippedBecauseEqual()).isTrue();
    }
    assertThat(home.resolve("in/tief er/größe.bin")).hasBinaryContent(content);
    assertThat(sandbox.requests.stream().filter(each -> each.startsWith("PUT")))
        .singleElement()
        .asString()
        .contains(".wbpart");
    assertThat(sandbox.requests).contains("MKCOL /in/", "MKCOL /in/tief%20er/");
  }

  @Test
  void aTreeIsPutWhereNothingButPutIsKnown() throws IOException {
    Files.createDirectories(local.resolve("tree/tief er"));
    Files.createDirectories(local.resolve("tree/leer"));
    file(local.resolve("tree/a.bin"), random(5, 70_000));
    file(local.resolve("tree/tief er/größe.bin"), random(6, 10));
    try (FileTransfer http = connect()) {
      TreeReceipt receipt = http.uploadTree(local.resolve("tree"), "in", TreeOptions.defaults());
      assertThat(receipt.filesCopied()).isEqualTo(2);
      assertThat(receipt.failures())
          .singleElement()
          .satisfies(each -> assertThat(each.path()).isEqualTo("leer"))
          .satisfies(each -> assertThat(each.cause()).hasMessageContaining("leer is empty"));
    }
    assertThat(home.resolve("in/a.bin")).hasSameBinaryContentAs(local.resolve("tree/a.bin"));
    assertThat(home.resolve("in/tief er/größe.bin")).hasBinaryContent(random(6, 10));
    assertThat(sandbox.requests).noneMatch(each -> each.startsWith("MKCOL"));
  }

  @Test
  void uploadWithoutMoveGoesToItsNameAndIsLookedAt() throws IOException {
    byte[] content = random(4, 2 * MIB + 5);
    Path source = file(local.resolve("quelle"), content);
    TransferOptions parents = TransferOptions.builder().makeParents(true).build();
    try (FileTransfer http = connect()) {
      TransferReceipt receipt = http.upload(source, "neu/ziel", parents);
      assertThat(receipt.verification()).isEqualTo(Verification.SIZE);
      assertThat(receipt.digest()).contains(sha256(content));
      assertThat(receipt.bytesSent()).isEqualTo(content.length);
    }
    assertThat(home.resolve("neu/ziel")).hasBinaryContent(content);
    assertThat(sandbox.requests).contains("PUT /neu/ziel").noneMatch(r -> r.startsWith("MKCOL"));
  }

  @Test
  void uploadWithoutMoveHasTheServerKeepWhatMustNotBeReplaced() throws IOException {
    Path source = file(local.resolve("quelle"), random(5, 1000));
    Files.writeString(home.resolve("da"), "old");
    try (FileTransfer http = connect()) {
      assertThatThrownBy(() -> http.upload(source, "da", with(TargetPolicy.FAIL)))
          .isInstanceOf(TransferException.Refused.class);
      http.upload(source, "frei", with(TargetPolicy.FAIL));
      assertThat(http.upload(source, "da", with(TargetPolicy.RENAME)).target().path())
          .isNotEqualTo("da");
    }
    assertThat(sandbox.conditions).containsExactly("*", "*");
    assertThat(home.resolve("da")).hasContent("old");
    assertThat(home.resolve("frei")).hasSameBinaryContentAs(source);
  }

  @Test
  void replacesWhatDiffers() throws IOException {
    Path source = file(local.resolve("new"), random(6, 1000));
    for (boolean dav : new boolean[] {true, false}) {
      sandbox.dav = dav;
      Files.writeString(home.resolve("t"), "old");
      try (FileTransfer http = connect()) {
        http.upload(source, "t");
      }
      assertThat(home.resolve("t")).hasSameBinaryContentAs(source);
    }
  }

  @Test
  void listsATreeAndLooksAtWhatIsInIt() throws IOException {
    Files.createDirectories(home.resolve("a/b c"));
    file(home.resolve("a/x.txt"), new byte[7]);
    file(home.resolve("a/b c/ÿ 大.txt"), new byte[3]);
    file(home.resolve("a/.x.0123456789abcdef.wbpart"), new byte[9]);
    try (FileTransfer http = connect()) {
      assertThat(http.list("a", true))
          .extracting(FileEntry::path, FileEntry::isFile, FileEntry::sizeBytes)
          .containsExactlyInAnyOrder(
              tuple("x.txt", true, FileEntry.UNKNOWN_SIZE),
              tuple("b c", false, FileEntry.UNKNOWN_SIZE),
              tuple("b c/ÿ 大.txt", true, FileEntry.UNKNOWN_SIZE));
      assertThat(http.list("", false)).extracting(FileEntry::path).containsExactly("a");
      assertThat(http.stat("a/x.txt").orElseThrow().sizeBytes()).isEqualTo(7);
      assertThat(http.stat("a").orElseThrow().isDirectory()).isTrue();
      assertThat(http.stat("a/none")).isEmpty();
      assertThatThrownBy(() -> http.list("none", false))
          .isInstanceOf(TransferException.NotFound.class);
      assertThat(http.download("a/b c/ÿ 大.txt", local.resolve("y")).bytes()).isEqualTo(3);
    }
    Files.delete(home.resolve("a/.x.0123456789abcdef.wbpart"));
  }

  @Test
  void makesRenamesAndDeletesWhereTheServerCan() throws IOException {
    sandbox.dav = true;
    file(home.resolve("x"), new byte[3]);
    try (FileTransfer http = connect()) {
      http.mkdir("p/q/r");
      http.mkdir("p/q/r");
      http.rename("x", "p/q/y");
      assertThat(home.resolve("p/q/y")).exists();
      assertThatThrownBy(() -> http.delete("p/q"))
          .isInstanceOf(TransferException.Configuration.class)
          .hasMessageContaining("directory");
      http.delete("p/q/y");
      assertThatThrownBy(() -> http.delete("p/q/y")).isInstanceOf(TransferException.NotFound.class);
      assertThatThrownBy(() -> http.rename("x", "z"))
          .isInstanceOf(TransferException.NotFound.class);
    }
    assertThat(home.resolve("p/q/r")).isDirectory();
  }

  @Test
  void whatAPlainServerCannotDoIsSaid() throws IOException {
    file(home.resolve("x"), new byte[3]);
    try (FileTransfer http = connect()) {
      assertThatThrownBy(() -> http.rename("x", "y"))
          .isInstanceOf(TransferException.Refused.class)
          .hasMessageContaining("MOVE");
      assertThatThrownBy(() -> http.mkdir("d"))
          .isInstanceOf(TransferException.Refused.class)
          .hasMessageContaining("MKCOL");
    }
  }

  @Test
  void refusedLoginSaysWhoAndNeverTheSecret() throws IOException {
    file(home.resolve("x"), new byte[3]);
    sandbox.authorization =
        "Basic "
            + Base64.getEncoder()
                .encodeToString(("ünal:" + HttpSandbox.SECRET).getBytes(StandardCharsets.UTF_8));
    HttpSite.Builder settings = sandbox.settings();
    for (HttpLogin wrong :
        List.of(
            HttpLogin.basic(new Credentials("ünal", () -> "planted-pw")),
            HttpLogin.bearer(() -> "planted-pw"),
            HttpLogin.bearer(() -> "planted-pw\r\nX: y"))) {
      try (FileTransfer http = HttpTransfer.connect(settings.login(wrong).build())) {
        assertThatThrownBy(() -> http.stat("x"))
            .isInstanceOfAny(
                TransferException.Authentication.class, TransferException.Protocol.class)
            .hasMessageNotContaining("planted-pw");
      }
    }
    HttpLogin right = HttpLogin.basic(new Credentials("ünal", () -> HttpSandbox.SECRET));
    try (FileTransfer http = HttpTransfer.connect(settings.login(right).build())) {
      assertThat(http.download("x", local.resolve("x")).bytes()).isEqualTo(3);
    }
  }

  @Test
  void serverOverTlsIsKnownByItsAuthorityOrKey() throws Exception {
    TestCertificate own = TestCertificate.make(local);
    file(home.resolve("x"), random(7, MIB));
    try (HttpSandbox tls = HttpSandbox.overTls(home, own.context())) {
      for (ServerTrust trust :
          List.of(ServerTrust.authorities(own.pem()), ServerTrust.pin(Pin.of(own.certificate())))) {
        try (FileTransfer http = HttpTransfer.connect(tls.settings().trust(trust).build())) {
          TransferReceipt receipt =
              http.download("x", local.resolve("x"), with(TargetPolicy.REPLACE));
          assertThat(receipt.tls().orElseThrow()).contains("TLSv1.3");
          http.upload(local.resolve("x"), "y", with(TargetPolicy.REPLACE));
        }
      }
      Pin other = Pin.parse("sha-256:" + "A".repeat(43));
      for (HttpSite.Builder wrong :
          List.of(tls.settings(), tls.settings().trust(ServerTrust.pin(other)))) {
        try (FileTransfer http = HttpTransfer.connect(wrong.build())) {
          assertThatThrownBy(() -> http.stat("x"))
              .isInstanceOf(TransferException.Authentication.class)
              .hasMessageContaining("Cannot trust https://127.0.0.1");
        }
      }
      try (FileTransfer http = HttpTransfer.connect(tls.settings().https(false).build())) {
        assertThatThrownBy(() -> http.stat("x")).isInstanceOf(TransferException.class);
      }
    }
    assertThat(home.resolve("y")).hasSameBinaryContentAs(home.resolve("x"));
  }

  @Test
  void plainServerIsNotTakenForOneOverTls() {
    // this one says nothing at all to what it cannot read
    HttpSite site = sandbox.settings().https(true).connectTimeout(Duration.ofMillis(500)).build();
    try (FileTransfer http = HttpTransfer.connect(site)) {
      assertThatThrownBy(() -> http.stat("x"))
          .isInstanceOf(TransferException.Timeout.class)
          .hasMessageContaining("https:// is spoken");
    }
  }

  @Test
  void aNameWithAQuestionMarkIsANameLikeAnyOther() throws IOException {
    Files.createDirectories(local.resolve("tree"));
    file(local.resolve("tree/a"), random(1, 10));
    file(local.resolve("tree/a?x=1"), random(2, 20));
    file(local.resolve("tree/100%?50%"), random(3, 30));
    try (FileTransfer http = connect()) {
      assertThat(http.uploadTree(local.resolve("tree"), "in", TreeOptions.defaults()).isComplete())
          .isTrue();
      assertThat(
              http.downloadTree("in", local.resolve("back"), TreeOptions.defaults()).filesCopied())
          .isEqualTo(3);
    }
    for (String name : List.of("a", "a?x=1", "100%?50%")) {
      assertThat(home.resolve("in").resolve(name))
          .hasSameBinaryContentAs(local.resolve("tree").resolve(name));
      assertThat(local.resolve("back").resolve(name))
          .hasSameBinaryContentAs(local.resolve("tree").resolve(name));
    }
  }

  // Java's client forgets the connection, which is open until the client is collected
  @Test
  void lengthThatNoNumberHoldsIsTheServersFault() throws IOException {
    try (RawHttp server =
            new RawHttp((request, out) -> out.head(200, "Content-Length: " + "9".repeat(40)));
        FileTransfer http = HttpTransfer.connect(server.settings().maxReconnects(1).build())) {
      assertThatThrownBy(() -> http.download("x", local.resolve("x")))
          .isInstanceOf(TransferException.Protocol.class)
          .hasMessageContaining("broke the protocol");
    }
  }

  @Test
  void headsAreTracedWithoutSecrets() throws IOException {
    file(home.resolve("q"), new byte[5]);
    StringBuilder trace = new StringBuilder();
    HttpSite site =
        sandbox
            .settings()
            .login(HttpLogin.basic(new Credentials("joe", () -> HttpSandbox.SECRET)))
            .tap(new TraceLog(trace, InstantSource.system(), ZoneOffset.UTC))
            .build();
    try (FileTransfer http = HttpTransfer.connect(site)) {
      http.download(WebQuery.add("q", "sig=planted"), local.resolve("q"));
    }
    assertThat(trace.toString())
        .contains("> GET /q?***", "> Authorization: ***", "< 200")
        .containsIgnoringCase("< content-length: 5")
        .doesNotContain("planted");
  }

  @Test
  void queryIsSentAsItIsWritten() throws IOException {
    file(home.resolve("q"), new byte[5]);
    try (FileTransfer http = connect()) {
      http.download(WebQuery.add("q", "sig=a%2Bb+c&x=*"), local.resolve("q"));
      http.upload(local.resolve("q"), WebQuery.add("p", "sig=a%2Bb"));
    }
    assertThat(sandbox.requests).contains("GET /q?sig=a%2Bb+c&x=*", "PUT /p?sig=a%2Bb");
    assertThat(home.resolve("p")).hasSize(5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\r\nX: y", "a\0", "../x", "a\ud800"})
  void pathThatCannotBeNamedIsNotSent(String evil) {
    try (FileTransfer http = connect()) {
      assertThatThrownBy(() -> http.delete(evil))
          .isInstanceOf(TransferException.Configuration.class);
    }
    assertThat(sandbox.requests).isEmpty();
  }

  @Test
  void missingFilesAreNotFound() {
    try (FileTransfer http = connect()) {
      assertThatThrownBy(() -> http.download("none", local.resolve("t")))
          .isInstanceOf(TransferException.NotFound.class)
          .hasMessageContaining("none");
    }
  }

  @Test
  void serverThatIsNotThereIsAConnectionFailure() {
    HttpSite nobody = sandbox.settings().build();
    sandbox.close();
    try (FileTransfer http = HttpTransfer.connect(nobody)) {
      assertThatThrownBy(() -> http.stat("x")).isInstanceOf(TransferException.Connection.class);
    }
  }

  @Test
  void unknownHostIsSaid() {
    HttpSite nobody = sandbox.settings().host("no-such-host.invalid").build();
    try (FileTransfer http = HttpTransfer.connect(nobody)) {
      assertThatThrownBy(() -> http.stat("x"))
          .isInstanceOf(TransferException.Connection.class)
          .hasMessageContaining("Unknown host");
    }
  }

  @Test
  void fourDownloadsGoSideBySide() throws Exception {
    byte[] content = random(8, MIB);
    file(home.resolve("x"), content);
    try (FileTransfer http = connect()) {
      List<CompletableFuture<TransferReceipt>> all =
          Stream.iterate(0, i -> i < 8, i -> i + 1)
              .map(i -> http.downloadAsync("x", local.resolve("x" + i), TransferOptions.defaults()))
              .toList();
      for (CompletableFuture<TransferReceipt> each : all) {
        assertThat(each.get(30, TimeUnit.SECONDS).digest()).contains(sha256(content));
      }
    }
  }

  // here, where sockets are not counted: Java 17's client forgets to close that one
  @Test
  void endlessHeaderEnds() throws IOException {
    RawHttp.Answer endless =
        (request, out) -> {
          out.text("HTTP/1.1 200 X\r\nX-Long: ");
          String more = "x".repeat(8192);
          for (int i = 0; i < 1280; i++) {
            out.text(more);
          }
          out.text("\r\n\r\n");
        };
    try (RawHttp server = new RawHttp(endless);
        FileTransfer http = HttpTransfer.connect(server.settings().build())) {
      assertThatThrownBy(() -> http.stat("x"))
          .isInstanceOf(TransferException.Protocol.class)
          .hasMessageContaining("broke the protocol");
    }
  }

  private static List<Path> parts(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(each -> PartName.isReserved(each.getFileName().toString())).toList();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatTheContentMustHaveIsComparedBeforeItIsPublished(boolean moves) throws IOException {
    sandbox.dav = moves;
    sandbox.digests = true; // a PUT keeps no time by which it would be known to be equal
    Path remote = ExpectedContract.source(home.resolve("f"));
    Path target = local.resolve("t");
    try (FileTransfer http = connect()) {
      ExpectedContract.holds(remote, target, options -> http.download("f", target, options));
      ExpectedContract.holds(
          remote, home.resolve("sent"), options -> http.upload(remote, "sent", options));
    }
    if (!moves) {
      assertThat(sandbox.requests)
          .as("the one refused beforehand was not even sent")
          .filteredOn(each -> each.startsWith("PUT"))
          .hasSize(1);
    }
  }
}
