package io.waybill.transfer.ftp;

import io.waybill.transfer.Credentials;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.apache.ftpserver.ConnectionConfigFactory;
import org.apache.ftpserver.FtpServerFactory;
import org.apache.ftpserver.ftplet.FtpException;
import org.apache.ftpserver.listener.Listener;
import org.apache.ftpserver.listener.ListenerFactory;
import org.apache.ftpserver.ssl.SslConfigurationFactory;
import org.apache.ftpserver.usermanager.impl.BaseUser;
import org.apache.ftpserver.usermanager.impl.ConcurrentLoginPermission;
import org.apache.ftpserver.usermanager.impl.WritePermission;
import org.jspecify.annotations.Nullable;

/** An Apache FtpServer in this process, with one user whose home is a directory of the test. */
public final class FtpSandbox implements AutoCloseable {
  static final String USER = "ünal";
  static final String SECRET = "s3cret-planted";

  private final org.apache.ftpserver.FtpServer server;
  private final Listener listener;

  private final @Nullable ServerKey key;
  private final boolean isImplicit;

  /** Starts it, in the clear. */
  public FtpSandbox(Path home) throws FtpException {
    this(home, null, false, 0);
  }

  /** Starts one that allows its user so many logins at a time; 0 for any number. */
  FtpSandbox(Path home, int mostLogins) throws FtpException {
    this(home, null, false, mostLogins);
  }

  /** Starts one that speaks TLS, too, or nothing else. */
  static FtpSandbox secured(Path home, ServerKey key, boolean isImplicit) throws FtpException {
    return new FtpSandbox(home, key, isImplicit, 0);
  }

  private FtpSandbox(Path home, @Nullable ServerKey key, boolean isImplicit, int mostLogins)
      throws FtpException {
    ListenerFactory listening = new ListenerFactory();
    listening.setPort(0);
    listening.setServerAddress("127.0.0.1");
    this.key = key;
    this.isImplicit = isImplicit;
    if (key != null) {
      SslConfigurationFactory tls = new SslConfigurationFactory();
      tls.setKeystoreFile(key.store().toFile());
      tls.setKeystoreType("PKCS12");
      tls.setKeystorePassword(ServerKey.PASSWORD);
      listening.setSslConfiguration(tls.createSslConfiguration());
      listening.setImplicitSsl(isImplicit);
    }
    listener = listening.createListener();
    BaseUser user = new BaseUser();
    user.setName(USER);
    user.setPassword(SECRET);
    user.setHomeDirectory(home.toString());
    user.setAuthorities(
        List.of(new WritePermission(), new ConcurrentLoginPermission(mostLogins, mostLogins)));
    ConnectionConfigFactory connections = new ConnectionConfigFactory();
    connections.setLoginFailureDelay(0);
    FtpServerFactory factory = new FtpServerFactory();
    factory.setConnectionConfig(connections.createConnectionConfig());
    factory.addListener("default", listener);
    factory.getUserManager().save(user);
    server = factory.createServer();
    server.start();
  }

  /** Returns the port on 127.0.0.1. */
  public int port() {
    return listener.getPort();
  }

  /** Settings that reach this server and never really wait. */
  public FtpServer.Builder settings() {
    FtpServer.Builder settings = plain(port());
    if (key != null) {
      settings
          .protection(isImplicit ? Protection.IMPLICIT : Protection.EXPLICIT)
          .trust(key.trust());
    }
    return settings;
  }

  /** Settings that reach such a server of any process in the clear. */
  public static FtpServer.Builder plain(int port) {
    return FtpServer.builder()
        .host("127.0.0.1")
        .port(port)
        .credentials(new Credentials(USER, () -> SECRET))
        .sleeper(duration -> {})
        .random(new Random(1));
  }

  @Override
  public void close() {
    server.stop();
  }
}
