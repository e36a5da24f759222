package io.waybill.transfer.sftp;

import io.waybill.transfer.Credentials;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.common.file.virtualfs.VirtualFileSystemFactory;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.keyboard.UserAuthKeyboardInteractiveFactory;
import org.apache.sshd.server.subsystem.SubsystemFactory;
import org.apache.sshd.sftp.SftpModuleProperties;
import org.apache.sshd.sftp.server.SftpSubsystemFactory;

/** An Apache MINA SSHD in this process, with one user whose home is a directory of the test. */
public final class SftpSandbox implements AutoCloseable {
  static final String USER = "ünal";
  static final String SECRET = "s3cret-planted";
  static final KeyPair HOST_KEY = ecdsa();
  private static final KeyPair OTHER_HOST_KEY = ecdsa();

  final AtomicInteger passwordsTried = new AtomicInteger();
  final Collection<PublicKey> authorized = new CopyOnWriteArrayList<>();
  private final SshServer server = SshServer.setUpDefaultServer();

  /** Starts it. */
  public SftpSandbox(Path home) throws IOException {
    this(home, new SftpSubsystemFactory());
  }

  SftpSandbox(Path home, SubsystemFactory sftp) throws IOException {
    server.setHost("127.0.0.1");
    server.setPort(0);
    server.setKeyPairProvider(KeyPairProvider.wrap(HOST_KEY));
    server.setFileSystemFactory(new VirtualFileSystemFactory(home));
    server.setSubsystemFactories(List.of(sftp));
    server.setPasswordAuthenticator(
        (user, password, session) -> {
          passwordsTried.incrementAndGet();
          return user.equals(USER) && password.equals(SECRET);
        });
    server.setPublickeyAuthenticator(
        (user, key, session) -> user.equals(USER) && authorized.contains(key));
    server.start();
  }

  /** Offers none of the extensions that are of use: from the next session on. */
  SftpSandbox withoutExtensions() {
    SftpModuleProperties.OPENSSH_EXTENSIONS.set(server, "hardlink@openssh.com=1");
    SftpModuleProperties.CLIENT_EXTENSIONS.set(server, "space-available");
    return this;
  }

  /** Takes a password by keyboard-interactive only. */
  SftpSandbox keyboardInteractiveOnly() {
    server.setUserAuthFactories(List.of(UserAuthKeyboardInteractiveFactory.INSTANCE));
    return this;
  }

  /** Has no SFTP any more: from the next session on. */
  SftpSandbox withoutSftp() {
    server.setSubsystemFactories(List.of());
    return this;
  }

  /** Shows another host key: from the next session on. */
  void changeHostKey() {
    server.setKeyPairProvider(KeyPairProvider.wrap(OTHER_HOST_KEY));
  }

  private static KeyPair ecdsa() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has P-256", e);
    }
  }

  static HostKey hostKey() {
    return key(HOST_KEY);
  }

  static HostKey otherHostKey() {
    return key(OTHER_HOST_KEY);
  }

  private static HostKey key(KeyPair pair) {
    ByteArrayBuffer buffer = new ByteArrayBuffer();
    buffer.putRawPublicKey(pair.getPublic());
    return new HostKey(buffer.getCompactData());
  }

  int port() {
    return server.getPort();
  }

  /** Returns the port and the host key's fingerprint, for {@link #settings(String)}. */
  public String address() {
    return port() + " " + hostKey().fingerprint();
  }

  /** Settings that reach this server and never really wait. */
  public SftpServer.Builder settings() {
    return settings(address());
  }

  /** Settings that reach such a server of any process. */
  public static SftpServer.Builder settings(String address) {
    String[] words = address.split(" ", 2);
    return SftpServer.builder()
        .host("127.0.0.1")
        .port(Integer.parseInt(words[0]))
        .credentials(new Credentials(USER, () -> SECRET))
        .trust(HostKeyTrust.pinned(words[1]))
        .sleeper(duration -> {})
        .random(new Random(1));
  }

  @Override
  public void close() throws IOException {
    server.stop(true);
  }
}
