package io.waybill.jobs.sandbox;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.ftpserver.ConnectionConfigFactory;
import org.apache.ftpserver.DataConnectionConfigurationFactory;
import org.apache.ftpserver.FtpServer;
import org.apache.ftpserver.FtpServerFactory;
import org.apache.ftpserver.ftplet.FtpException;
import org.apache.ftpserver.ftplet.UserManager;
import org.apache.ftpserver.listener.Listener;
import org.apache.ftpserver.listener.ListenerFactory;
import org.apache.ftpserver.usermanager.PropertiesUserManagerFactory;
import org.apache.ftpserver.usermanager.impl.BaseUser;
import org.apache.ftpserver.usermanager.impl.ConcurrentLoginPermission;
import org.apache.ftpserver.usermanager.impl.TransferRatePermission;
import org.apache.ftpserver.usermanager.impl.WritePermission;

/** An FTP server with one user, whose root is one directory; passive mode only. */
final class FtpSandbox implements AutoCloseable {
  private static final int LOGINS = 20;

  private final FtpServer server;
  private final Listener listener;

  private FtpSandbox(FtpServer server, Listener listener) {
    this.server = server;
    this.listener = listener;
  }

  static FtpSandbox start(String host, SandboxLogin login, Path root) throws IOException {
    DataConnectionConfigurationFactory data = new DataConnectionConfigurationFactory();
    data.setActiveEnabled(false);
    data.setPassiveAddress(host);
    data.setPassivePorts("0");
    data.setPassiveIpCheck(true);
    ListenerFactory control = new ListenerFactory();
    control.setServerAddress(host);
    control.setPort(0);
    control.setDataConnectionConfiguration(data.createDataConnectionConfiguration());
    Listener listener = control.createListener();

    ConnectionConfigFactory limits = new ConnectionConfigFactory();
    limits.setAnonymousLoginEnabled(false);
    limits.setMaxLogins(LOGINS);
    FtpServerFactory factory = new FtpServerFactory();
    factory.setConnectionConfig(limits.createConnectionConfig());
    factory.addListener("default", listener);
    try {
      factory.setUserManager(oneUser(login, root));
      FtpServer server = factory.createServer();
      server.start();
      return new FtpSandbox(server, listener);
    } catch (FtpException e) {
      throw new IOException("cannot start the sandbox's FTP server on " + host, e);
    }
  }

  int port() {
    return listener.getPort();
  }

  @Override
  public void close() {
    server.stop();
  }

  /** A manager without a file keeps its users in memory, and their passwords hashed. */
  private static UserManager oneUser(SandboxLogin login, Path root) throws FtpException {
    BaseUser user = new BaseUser();
    user.setName(login.user());
    user.setPassword(login.password());
    user.setHomeDirectory(root.toAbsolutePath().toString());
    user.setAuthorities(
        List.of(
            new WritePermission(),
            new ConcurrentLoginPermission(LOGINS, LOGINS),
            new TransferRatePermission(0, 0)));
    UserManager users = new PropertiesUserManagerFactory().createUserManager();
    users.save(user);
    return users;
  }
}
