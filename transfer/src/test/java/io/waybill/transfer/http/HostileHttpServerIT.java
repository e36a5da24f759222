package io.waybill.transfer.http;

import static io.waybill.transfer.http.HttpSandbox.random;
import static io.waybill.transfer.http.HttpSandbox.sha256;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.testkit.Leaks;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.Verification;
import io.waybill.transfer.http.RawHttp.Answer;
import io.waybill.transfer.http.RawHttp.Output;
import io.waybill.transfer.http.RawHttp.Request;
import io.waybill.transfer.tcp.tls.ServerTrust;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class HostileHttpServerIT {
  private static final int SIZE = 3 << 20;
  private static final byte[] CONTENT = random(1, SIZE);
  private static final String TAG = "ETag: \"one\"";
  private static final String LENGTH = "Content-Length: ";

  @TempDir Path local;
  @RegisterExtension final Leaks leaks = new Leaks();

  private static String range(int from, int size) {
    return "Content-Range: bytes %d-%d/%d".formatted(from, size - 1, size);
  }

  /** Sends the file properly, but for its content, that is the test's. */
  private static Answer file(Answer content) {
    return (request, out) -> {
      if (request.method().equals("HEAD")) {
        out.head(200, TAG, LENGTH + SIZE);
      } else {
        content.to(request, out);
      }
    };
  }

  private static void proper(Request request, Output out) throws IOException {
    int from = request.from();
    if (from == 0) {
      out.head(200, TAG, LENGTH + SIZE);
    } else {
      out.head(206, TAG, LENGTH + (SIZE - from), range(from, SIZE));
    }
    out.bytes(CONTENT, from, SIZE);
  }

  /** Cuts the first download after some bytes, and leaves the rest to the test. */
  private static Answer cutAt(int cut, Answer later) {
    AtomicInteger tries = new AtomicInteger();
    return file(
        (request, out) -> {
          if (tries.getAndIncrement() == 0) {
            out.head(200, TAG, LENGTH + SIZE);
            out.bytes(CONTENT, 0, cut);
          } else {
            later.to(request, out);
          }
        });
  }

  private TransferReceipt download(RawHttp server) {
    return download(server.settings());
  }

  private TransferReceipt download(HttpSite.Builder settings) {
    try (FileTransfer http = HttpTransfer.connect(settings.build())) {
      return http.download("big", local.resolve("big"));
    }
  }

  private void assertFails(RawHttp server, Class<? extends TransferException> how, String why) {
    assertThatThrownBy(() -> download(server.settings().maxReconnects(1)))
        .isInstanceOf(how)
        .hasMessageContaining(why);
    assertThat(local.resolve("big")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 400_000, 1_500_000, SIZE - 1})
  void downloadContinuesAfterTheLineIsCut(int cut) throws IOException {
    try (RawHttp server = new RawHttp(cutAt(cut, HostileHttpServerIT::proper))) {
      TransferReceipt receipt = download(server);
      assertThat(receipt.reconnects()).isEqualTo(1);
      assertThat(receipt.attempts()).isEqualTo(2);
      assertThat(receipt.digest()).contains(sha256(CONTENT));
      if (cut > 1) {
        assertThat(server.seen)
            .filteredOn(request -> request.from() > 0)
            .singleElement()
            .satisfies(request -> assertThat(request.header("If-Range")).isEqualTo("\"one\""));
      }
    }
    assertThat(local.resolve("big")).hasBinaryContent(CONTENT);
  }

  @Test
  void whatAServerThatIgnoresRangesSendsAgainIsSkipped() throws IOException {
    Answer whole =
        (request, out) -> {
          out.head(200, TAG, LENGTH + SIZE);
          out.bytes(CONTENT, 0, SIZE);
        };
    try (RawHttp server = new RawHttp(cutAt(2_000_000, whole))) {
      assertThat(download(server).digest()).contains(sha256(CONTENT));
    }
    assertThat(local.resolve("big")).hasBinaryContent(CONTENT);
  }

  @Test
  void fileThatChangedBetweenTwoTriesIsNotPublished() throws IOException {
    AtomicInteger gets = new AtomicInteger();
    Answer changing =
        (request, out) -> {
          String tag = gets.get() == 0 ? TAG : "ETag: \"two\"";
          out.head(200, tag, LENGTH + SIZE);
          if (request.method().equals("GET")) {
            gets.incrementAndGet();
            out.bytes(CONTENT, 0, SIZE / 2);
          }
        };
    try (RawHttp server = new RawHttp(changing)) {
      assertFails(server, TransferException.Integrity.class, "changed while it was copied");
    }
    assertThat(local).isEmptyDirectory();
  }

  @Test
  void anotherVersionThanTheOneToldOfIsNotTaken() throws IOException {
    Answer other =
        file(
            (request, out) -> {
              out.head(200, "ETag: \"two\"", LENGTH + SIZE);
              out.bytes(CONTENT, 0, SIZE);
            });
    try (RawHttp server = new RawHttp(other)) {
      assertFails(server, TransferException.Connection.class, "another version");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bytes 5-9/10",
        "bytes 0-3145727/3145728",
        "bytes 70000-3145727/*",
        "nonsense",
        "bytes */5"
      })
  void rangeThatWasNotAskedForIsNotTaken(String range) throws IOException {
    Answer wrong =
        (request, out) -> {
          out.head(206, TAG, LENGTH + (SIZE - request.from()), "Content-Range: " + range);
          out.bytes(CONTENT, request.from(), SIZE);
        };
    try (RawHttp server = new RawHttp(cutAt(2_000_000, wrong))) {
      assertThatThrownBy(() -> download(server.settings().maxReconnects(2)))
          .isInstanceOfAny(TransferException.Protocol.class, TransferException.Connection.class);
    }
    assertThat(local.resolve("big")).doesNotExist();
  }

  @Test
  void contentThatIsShorterThanSaidIsNotPublished() throws IOException {
    Answer shorter =
        (request, out) -> {
          out.head(200, TAG, "Transfer-Encoding: chunked");
          out.text("5\r\nhello\r\n0\r\n\r\n");
        };
    try (RawHttp server = new RawHttp(file(shorter))) {
      assertFails(server, TransferException.Connection.class, "ended at byte 5");
    }
  }

  @Test
  void contentThatIsLongerThanSaidIsNotPublishedAndEnds() throws IOException {
    Answer endless =
        (request, out) -> {
          out.head(200, TAG);
          while (true) {
            out.bytes(CONTENT, 0, SIZE);
          }
        };
    try (RawHttp server = new RawHttp(file(endless))) {
      assertFails(server, TransferException.Protocol.class, "More than the");
    }
  }

  @Test
  void compressedContentIsRefused() throws IOException {
    Answer gzip =
        (request, out) -> {
          ByteArrayOutputStream packed = new ByteArrayOutputStream();
          try (OutputStream zip = new GZIPOutputStream(packed)) {
            zip.write(new byte[1000]);
          }
          out.head(200, TAG, "Content-Encoding: gzip", LENGTH + packed.size());
          if (request.method().equals("GET")) {
            out.bytes(packed.toByteArray(), 0, packed.size());
          }
        };
    try (RawHttp server = new RawHttp(gzip)) {
      assertFails(server, TransferException.Protocol.class, "gzip");
      assertThat(server.seen.get(0).header("Accept-Encoding")).isEqualTo("identity");
    }
  }

  @Test
  void wrongDigestOfTheServerIsAnIntegrityFailure() throws IOException {
    String wrong =
        "Repr-Digest: sha-256=:" + Base64.getEncoder().encodeToString(new byte[32]) + ":";
    Answer lying =
        (request, out) -> {
          out.head(200, TAG, LENGTH + SIZE, wrong);
          if (request.method().equals("GET")) {
            out.bytes(CONTENT, 0, SIZE);
          }
        };
    try (RawHttp server = new RawHttp(lying)) {
      assertFails(server, TransferException.Integrity.class, "not what the server has");
      assertThat(server.seen.get(0).header("Want-Repr-Digest")).contains("sha-256");
    }
    assertThat(local).isEmptyDirectory();
  }

  @Test
  void digestThatComesWithTheContentOnlyCountsToo() throws IOException {
    String digest =
        "Content-Digest: sha-256=:"
            + Base64.getEncoder().encodeToString(sha256(CONTENT).toBytes())
            + ":";
    Answer telling =
        (request, out) -> {
          out.head(200, TAG, LENGTH + SIZE, digest);
          out.bytes(CONTENT, 0, SIZE);
        };
    try (RawHttp server = new RawHttp(file(telling))) {
      assertThat(download(server).verification()).isEqualTo(Verification.DIGEST);
    }
  }

  @Test
  void redirectsEndSomewhere() throws IOException {
    try (RawHttp server =
        new RawHttp((request, out) -> out.head(302, "Location: " + request.target() + "x"))) {
      assertFails(server, TransferException.Protocol.class, "more than 10 times");
      assertThat(server.seen).hasSize(11);
    }
  }

  @Test
  void redirectFromTlsToPlainTextIsNotFollowed() throws Exception {
    TestCertificate own = TestCertificate.make(local);
    try (RawHttp plain = new RawHttp(HostileHttpServerIT::proper);
        RawHttp tls =
            new RawHttp(
                own.context().getServerSocketFactory(),
                true,
                (request, out) ->
                    out.head(302, "Location: http://127.0.0.1:" + plain.port() + "/big"))) {
      assertThatThrownBy(() -> download(tls.settings().trust(ServerTrust.authorities(own.pem()))))
          .isInstanceOf(TransferException.Protocol.class)
          .hasMessageContaining("from https to http://127.0.0.1");
      assertThat(plain.seen).isEmpty();
    }
  }

  @Test
  void loginIsNotSentToAnotherHostThatARedirectNames() throws IOException {
    try (RawHttp other = new RawHttp(file(HostileHttpServerIT::proper));
        RawHttp first =
            new RawHttp(
                (request, out) ->
                    out.head(307, "Location: http://127.0.0.1:" + other.port() + "/elsewhere"))) {
      assertThat(download(first.settings().login(HttpLogin.bearer(() -> "planted"))).digest())
          .contains(sha256(CONTENT));
      assertThat(first.seen)
          .allSatisfy(
              request -> assertThat(request.header("Authorization")).isEqualTo("Bearer planted"));
      assertThat(other.seen)
          .isNotEmpty()
          .allSatisfy(request -> assertThat(request.header("Authorization")).isEmpty());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403})
  void refusedLoginIsNotTriedAgain(int code) throws IOException {
    try (RawHttp server = new RawHttp((request, out) -> out.head(code))) {
      assertThatThrownBy(() -> download(server.settings().login(HttpLogin.bearer(() -> "planted"))))
          .isInstanceOf(TransferException.Authentication.class);
      assertThat(server.seen).hasSize(1);
    }
  }

  @Test
  void busyServerIsLeftAloneAsLongAsItAsks() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    List<Duration> waits = new ArrayList<>();
    Answer busy =
        (request, out) -> {
          if (asked.getAndIncrement() == 0) {
            out.head(503, "Retry-After: 17", LENGTH + 0);
          } else {
            file(HostileHttpServerIT::proper).to(request, out);
          }
        };
    try (RawHttp server = new RawHttp(busy)) {
      assertThat(download(server.settings().sleeper(waits::add)).reconnects()).isEqualTo(1);
    }
    assertThat(waits).anySatisfy(wait -> assertThat(wait).isBetween(ofSeconds(15), ofSeconds(17)));
  }

  private static Duration ofSeconds(int seconds) {
    return Duration.ofSeconds(seconds);
  }

  @Test
  void stalledContentEndsInTime() throws IOException {
    Answer stalling =
        (request, out) -> {
          out.head(200, TAG, LENGTH + SIZE);
          out.bytes(CONTENT, 0, 1000);
          pause();
        };
    try (RawHttp server = new RawHttp(file(stalling))) {
      assertThatThrownBy(
              () ->
                  download(server.settings().idleTimeout(Duration.ofMillis(300)).maxReconnects(1)))
          .isInstanceOf(TransferException.Timeout.class);
    }
  }

  @Test
  void missingReplyEndsInTime() throws IOException {
    try (RawHttp server = new RawHttp((request, out) -> pause())) {
      assertThatThrownBy(
              () ->
                  download(server.settings().replyTimeout(Duration.ofMillis(300)).maxReconnects(0)))
          .isInstanceOf(TransferException.Timeout.class);
    }
  }

  // a test's server thread is a daemon, and its socket is closed with the server
  private static void pause() {
    try {
      TimeUnit.SECONDS.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void uploadThatNobodyTakesEndsInTime() throws IOException {
    Path source = Files.write(local.resolve("source"), random(2, 32 << 20));
    Answer deaf =
        (request, out) -> {
          if (request.method().equals("PUT")) {
            pause();
          } else {
            out.head(request.method().equals("OPTIONS") ? 200 : 404, "Allow: PUT");
          }
        };
    try (RawHttp server = new RawHttp(deaf);
        FileTransfer http =
            HttpTransfer.connect(
                server
                    .settings()
                    .idleTimeout(Duration.ofMillis(500))
                    .replyTimeout(Duration.ofMillis(500))
                    .maxReconnects(0)
                    .build())) {
      assertThatThrownBy(() -> http.upload(source, "x"))
          .isInstanceOf(TransferException.Timeout.class);
    }
  }

  @Test
  void uploadThatTheServerDidNotStoreIsFound() throws IOException {
    Path source = Files.write(local.resolve("source"), random(3, 1000));
    Answer forgetful =
        (request, out) -> {
          switch (request.method()) {
            case "OPTIONS" -> out.head(200, "Allow: PUT", LENGTH + 0);
            case "PUT" -> out.head(201, LENGTH + 0);
            default -> out.head(404, LENGTH + 0);
          }
        };
    try (RawHttp server = new RawHttp(forgetful);
        FileTransfer http = HttpTransfer.connect(server.settings().build())) {
      assertThatThrownBy(() -> http.upload(source, "x"))
          .isInstanceOf(TransferException.Integrity.class)
          .hasMessageContaining("stored 0 of 1000 bytes");
    }
  }

  @Test
  void halfOfAnUploadIsTakenBackWhereItHasTheFinalName() throws IOException {
    Path source = Files.write(local.resolve("source"), random(3, 1000));
    Answer halving =
        (request, out) -> {
          switch (request.method()) {
            case "OPTIONS" -> out.head(200, "Allow: PUT", LENGTH + 0);
            case "PUT" -> out.head(201, LENGTH + 0);
            case "DELETE" -> out.head(204, LENGTH + 0);
            default -> out.head(200, LENGTH + 500);
          }
        };
    try (RawHttp server = new RawHttp(halving);
        FileTransfer http = HttpTransfer.connect(server.settings().build())) {
      assertThatThrownBy(() -> http.upload(source, "x"))
          .isInstanceOf(TransferException.Integrity.class)
          .hasMessageContaining("stored 500 of 1000 bytes of x; it was deleted there");
      assertThat(server.seen).extracting(Request::method).contains("DELETE");
    }
  }

  @Test
  void endlessIndexPageEnds() throws IOException {
    Answer endless =
        (request, out) -> {
          if (request.method().equals("HEAD")) {
            out.head(200, "Content-Type: text/html");
            return;
          }
          out.head(200, "Content-Type: text/html");
          while (true) {
            out.text("<title>Index of /d/</title><a href=x>x</a>".repeat(1000));
          }
        };
    try (RawHttp server = new RawHttp(endless);
        FileTransfer http = HttpTransfer.connect(server.settings().build())) {
      assertThatThrownBy(() -> http.list("d/", false))
          .isInstanceOf(TransferException.Protocol.class)
          .hasMessageContaining("8 MiB");
    }
  }

  @Test
  void sizeThatOnlyTheContentTellsIsFound() throws IOException {
    Answer headless =
        (request, out) -> {
          if (request.method().equals("HEAD")) {
            out.head(405);
          } else if (request.header("Range").equals("bytes=0-0")) {
            out.head(206, TAG, LENGTH + 1, "Content-Range: bytes 0-0/" + SIZE);
            out.bytes(CONTENT, 0, 1);
          } else {
            proper(request, out);
          }
        };
    try (RawHttp server = new RawHttp(headless)) {
      assertThat(download(server).digest()).contains(sha256(CONTENT));
    }
  }

  /** Sends the file in chunks, without its length, and with the mark of the end or not. */
  private static Answer inChunks(boolean isWhole) {
    return (request, out) -> {
      out.head(200, "Transfer-Encoding: chunked");
      if (request.method().equals("GET")) {
        for (int at = 0; at < SIZE; at += 1 << 20) {
          out.text("100000\r\n");
          out.bytes(CONTENT, at, at + (1 << 20));
          out.text("\r\n");
        }
        out.text(isWhole ? "0\r\n\r\n" : "");
      }
    };
  }

  @Test
  void whatIsMadeWhileItIsSentIsWholeIfItsEndIsThere() throws IOException {
    try (RawHttp server = new RawHttp(inChunks(true))) {
      TransferReceipt receipt = download(server);
      assertThat(receipt.bytes()).isEqualTo(SIZE);
      assertThat(receipt.verification()).isEqualTo(Verification.SIZE);
      assertThat(receipt.digest()).contains(sha256(CONTENT));
    }
    assertThat(local.resolve("big")).hasBinaryContent(CONTENT);
    assertThat(local).isDirectoryNotContaining("glob:**.wbpart");
  }

  @Test
  void whatIsMadeWhileItIsSentBeginsAnewAfterACut() throws IOException {
    AtomicInteger gets = new AtomicInteger();
    Answer cutOnce =
        (request, out) -> {
          boolean isGet = request.method().equals("GET") && request.header("Range").isEmpty();
          inChunks(!isGet || gets.getAndIncrement() > 0).to(request, out);
        };
    try (RawHttp server = new RawHttp(cutOnce)) {
      TransferReceipt receipt = download(server);
      assertThat(receipt.attempts()).isEqualTo(2);
      assertThat(receipt.digest()).contains(sha256(CONTENT));
    }
    assertThat(local.resolve("big")).hasBinaryContent(CONTENT);
  }

  @Test
  void whatIsMadeWhileItIsSentAndLosesItsEndIsNotPublished() throws IOException {
    try (RawHttp server = new RawHttp(inChunks(false))) {
      assertFails(server, TransferException.Connection.class, "Connection lost");
    }
    assertThat(local).isEmptyDirectory();
  }

  @Test
  void whatTellsNeitherItsLengthNorItsEndIsNotTaken() throws IOException {
    Answer endless =
        (request, out) -> {
          out.head(200);
          out.bytes(CONTENT, 0, request.method().equals("GET") ? SIZE : 0);
        };
    try (RawHttp server = new RawHttp(endless)) {
      assertFails(server, TransferException.Protocol.class, "nor where it ends");
    }
  }

  @Test
  void serverThatIsBusyWhenItIsLookedAtIsAskedOnceMore() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    Answer busy =
        (request, out) -> {
          if (asked.getAndIncrement() < 2) {
            out.head(429, "Retry-After: 3", LENGTH + 0);
          } else {
            file(HostileHttpServerIT::proper).to(request, out);
          }
        };
    try (RawHttp server = new RawHttp(busy);
        FileTransfer http = HttpTransfer.connect(server.settings().sleeper(wait -> {}).build())) {
      assertThat(http.stat("big")).map(FileEntry::sizeBytes).contains((long) SIZE);
    }
  }

  @Test
  void whoNamesNobodyIsToldThatALoginIsWanted() throws IOException {
    try (RawHttp server = new RawHttp((request, out) -> out.head(401, LENGTH + 0))) {
      assertFails(server, TransferException.Authentication.class, "wants a login");
    }
  }

  @Test
  void cancelledDownloadEndsAtOnce() throws Exception {
    Answer stalling =
        (request, out) -> {
          out.head(200, TAG, LENGTH + SIZE);
          out.bytes(CONTENT, 0, 1000);
          pause();
        };
    try (RawHttp server = new RawHttp(file(stalling));
        FileTransfer http = HttpTransfer.connect(server.settings().build())) {
      var running = http.downloadAsync("big", local.resolve("big"), TransferOptions.defaults());
      Awaitility.await()
          .until(() -> server.seen.stream().anyMatch(each -> each.method().equals("GET")));
      assertThat(running.cancel(true)).isTrue();
      Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .until(
              () ->
                  Thread.getAllStackTraces().keySet().stream()
                      .noneMatch(thread -> thread.getName().startsWith("waybill-download")));
    }
  }

  /** Tells of no version, honours ranges, and has another file after the first download is cut. */
  private static Answer versionless(byte[] after) {
    AtomicInteger tries = new AtomicInteger();
    return (request, out) -> {
      int from = request.from();
      if (request.method().equals("HEAD")) {
        out.head(200, LENGTH + SIZE);
      } else if (tries.getAndIncrement() == 0) {
        out.head(200, LENGTH + SIZE);
        out.bytes(CONTENT, 0, SIZE / 2);
      } else if (from == 0) {
        out.head(200, LENGTH + SIZE);
        out.bytes(after, 0, SIZE);
      } else {
        out.head(206, LENGTH + (SIZE - from), range(from, SIZE));
        out.bytes(after, from, SIZE);
      }
    };
  }

  @Test
  void fileWithoutTimeAndTagIsFetchedFromTheStartByTheNextConnection() throws IOException {
    byte[] other = CONTENT.clone();
    other[0] ^= 1;
    other[SIZE - 1] ^= 1;
    try (RawHttp server = new RawHttp(versionless(other))) {
      assertThat(download(server).bytesResumed()).isZero();
    }
    assertThat(local.resolve("big")).hasBinaryContent(other);
  }

  @Test
  void fileWithoutTimeAndTagIsFetchedFromTheStartByALaterProcess() throws IOException {
    byte[] other = CONTENT.clone();
    other[0] ^= 1;
    other[SIZE - 1] ^= 1;
    try (RawHttp server = new RawHttp(versionless(other))) {
      assertThatThrownBy(() -> download(server.settings().maxReconnects(0)))
          .isInstanceOf(TransferException.Connection.class);
      assertThat(download(server).bytesResumed()).isZero();
    }
    assertThat(local.resolve("big")).hasBinaryContent(other);
  }
}
