package io.waybill;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.file.virtualfs.VirtualFileSystemFactory;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.sftp.server.SftpSubsystemFactory;

/** An Apache MINA SSHD in this process, with SFTP for one user. */
final class SftpFixture implements AutoCloseable {
  static final String USER = "mirror";

  private final SshServer server = SshServer.setUpDefaultServer();
  private final KeyPair hostKey = pair();

  SftpFixture(Path home, String password) throws IOException {
    server.setHost("127.0.0.1");
    server.setPort(0);
    server.setKeyPairProvider(KeyPairProvider.wrap(hostKey));
    server.setFileSystemFactory(new VirtualFileSystemFactory(home));
    server.setSubsystemFactories(List.of(new SftpSubsystemFactory()));
    server.setPasswordAuthenticator(
        (user, given, session) -> user.equals(USER) && given.equals(password));
    server.start();
  }

  private static KeyPair pair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(256);
      return generator.generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has EC", e);
    }
  }

  int port() {
    return server.getPort();
  }

  /** Writes a file of known hosts with this one. */
  Path knownHosts(Path file) throws IOException {
    return Files.writeString(file, line(server.getPort(), hostKey));
  }

  /** Writes one that knows this host by a key that it does not have. */
  Path wrongKnownHosts(Path file) throws IOException {
    return Files.writeString(file, line(server.getPort(), pair()));
  }

  private static String line(int port, KeyPair key) {
    return "[127.0.0.1]:" + port + " " + PublicKeyEntry.toString(key.getPublic()) + "\n";
  }

  @Override
  public void close() throws IOException {
    server.stop(true);
  }
}
