package io.waybill.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;

class LeaksIT {
  /** The extension asks its context for nothing. */
  private static final ExtensionContext NO_CONTEXT =
      (ExtensionContext)
          Proxy.newProxyInstance(
              LeaksIT.class.getClassLoader(),
              new Class<?>[] {ExtensionContext.class},
              (proxy, method, args) -> {
                throw new UnsupportedOperationException(method.getName());
              });

  @TempDir Path directory;

  private final Leaks leaks = Leaks.watching(() -> directory).within(Duration.ofMillis(100));

  @Test
  void acceptsATestThatLeavesNothing() throws Exception {
    leaks.beforeEach(NO_CONTEXT);
    Files.writeString(directory.resolve("whole.txt"), "x");

    assertThatCode(() -> leaks.afterEach(NO_CONTEXT)).doesNotThrowAnyException();
  }

  @Test
  void blamesALiveThread() throws Exception {
    leaks.beforeEach(NO_CONTEXT);
    CountDownLatch end = new CountDownLatch(1);
    Thread thread = new Thread(() -> awaitQuietly(end), "left-behind");
    thread.start();

    assertThatThrownBy(() -> leaks.afterEach(NO_CONTEXT))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("thread left-behind");

    end.countDown();
    thread.join();
    assertThatCode(() -> leaks.afterEach(NO_CONTEXT)).doesNotThrowAnyException();
  }

  @Test
  void waitsForAThreadThatIsOnItsWayOut() throws Exception {
    Leaks patient = new Leaks();
    patient.beforeEach(NO_CONTEXT);
    CountDownLatch never = new CountDownLatch(1);
    Thread thread =
        new Thread(
            () -> {
              try {
                assertThat(never.await(200, TimeUnit.MILLISECONDS)).isFalse();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    thread.start();

    assertThatCode(() -> patient.afterEach(NO_CONTEXT)).doesNotThrowAnyException();
  }

  @Test
  void blamesAnOpenSocketWhereProcTells() throws Exception {
    assumeThat(Path.of("/proc/self/fd")).isDirectory();
    try (ServerSocket before = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      leaks.beforeEach(NO_CONTEXT);
      try (ServerSocket left = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        assertThatThrownBy(() -> leaks.afterEach(NO_CONTEXT))
            .isInstanceOf(AssertionError.class)
            .hasMessageContaining("socket port " + left.getLocalPort())
            .hasMessageNotContaining("port " + before.getLocalPort() + " ");
      }
      assertThatCode(() -> leaks.afterEach(NO_CONTEXT)).doesNotThrowAnyException();
    }
  }

  @Test
  void blamesAPartFileInASubdirectory() throws IOException {
    leaks.beforeEach(NO_CONTEXT);
    Path part =
        Files.createDirectories(directory.resolve("in"))
            .resolve(".big.iso.01H" + Leaks.PART_SUFFIX);
    Files.writeString(part, "half");

    assertThatThrownBy(() -> leaks.afterEach(NO_CONTEXT))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("part file " + part);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
