package io.waybill.jobs.cli;

import io.waybill.transfer.tcp.login.ScramKey;
import io.waybill.transfer.tcp.tls.ClientCertificates;
import io.waybill.transfer.tcp.tls.Identity;
import io.waybill.transfer.tcp.tls.ServerTrust;
import io.waybill.transfer.tcp.tls.Tls;
import io.waybill.transfer.tcp.tls.TlsChannel;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * Loads what a copy over TLS loads, for the launcher, which makes its class-data archive from what
 * was loaded: all classes of ours, and those of a TLS handshake, which both ends of a pair of pipes
 * go through. Nothing leaves the process; a directory for a key is all it needs.
 */
final class ClassTour {
  private static final int PORT = 1; // only a name: nothing is connected

  private ClassTour() {}

  /**
   * Goes round.
   *
   * @param arguments a directory that can be deleted afterwards
   */
  public static void main(String[] arguments) throws Exception {
    for (String jar : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (Path.of(jar).getFileName().toString().startsWith("waybill-")) {
        loadAll(jar);
      }
    }
    shakeHands(Identity.loadOrMake(Path.of(arguments[0]), "tour.invalid", InstantSource.system()));
    ScramKey.derive("of nobody at all", new SecureRandom());
  }

  private static void loadAll(String jar) throws IOException {
    try (JarFile file = new JarFile(jar)) {
      List<String> names =
          file.stream().map(JarEntry::getName).filter(name -> name.endsWith(".class")).toList();
      for (String name : names) {
        load(name.substring(0, name.length() - ".class".length()).replace('/', '.'));
      }
    }
  }

  private static void load(String name) {
    try {
      Class.forName(name, false, ClassTour.class.getClassLoader());
    } catch (ClassNotFoundException | LinkageError e) {
      return; // needs a jar that only the demo has, and is left out of the archive
    }
  }

  private static void shakeHands(Identity own)
      throws IOException, InterruptedException, ExecutionException {
    Pipe up = Pipe.open();
    Pipe down = Pipe.open();
    TlsChannel server =
        Tls.server(own, ClientCertificates.none()).over(up.source(), down.sink(), "tour", PORT);
    TlsChannel client =
        Tls.client(ServerTrust.pin(own.pin()), null).over(down.source(), up.sink(), "tour", PORT);
    Callable<Integer> serving =
        () -> {
          server.handshake();
          server.write(ByteBuffer.allocate(1));
          return server.read(ByteBuffer.allocate(1));
        };
    FutureTask<Integer> served = new FutureTask<>(serving);
    new Thread(served, "tour").start();
    try (server;
        client) {
      client.handshake();
      client.channelBindings();
      client.write(ByteBuffer.allocate(1));
      client.read(ByteBuffer.allocate(1));
      served.get();
    }
  }
}
