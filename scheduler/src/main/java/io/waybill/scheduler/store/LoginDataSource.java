package io.waybill.scheduler.store;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Properties;
import java.util.function.Supplier;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Connects with a password that is asked for each time, so that the pool never holds it. */
final class LoginDataSource implements DataSource {
  private final String url;
  private final String user;
  private final Supplier<String> password;
  private volatile int loginTimeout;

  LoginDataSource(String url, String user, Supplier<String> password) {
    this.url = url;
    this.user = user;
    this.password = password;
  }

  @Override
  public Connection getConnection() throws SQLException {
    return getConnection(user, password.get());
  }

  @Override
  public Connection getConnection(String username, String secret) throws SQLException {
    Properties login = new Properties();
    login.setProperty("user", username);
    login.setProperty("password", secret);
    if (url.startsWith("jdbc:postgresql:")) { // a server that has gone without a word is noticed
      login.setProperty("connectTimeout", "10");
      login.setProperty("socketTimeout", "60");
      login.setProperty("tcpKeepAlive", "true");
    }
    return DriverManager.getConnection(url, login);
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
    throw new SQLFeatureNotSupportedException("logs go to slf4j");
  }

  @Override
  public void setLoginTimeout(int seconds) {
    // not handed to DriverManager, whose timeout is the whole process's; the pool has its own limit
    loginTimeout = seconds;
  }

  @Override
  public int getLoginTimeout() {
    return loginTimeout;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("logs go to slf4j");
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    throw new SQLException("not a wrapper for " + type.getName());
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }
}
