package dev.chronodesk.db;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Connections of a node that can be frozen as a stopped process is: every call of every thread hangs from then on,
 * until the node wakes up.
 */
public final class Freezing {

    private final DataSource target;
    private final AtomicReference<@Nullable String> at = new AtomicReference<>();
    private final CountDownLatch reached = new CountDownLatch(1);
    private volatile @Nullable CountDownLatch ice;

    public Freezing(DataSource target) {
        this.target = target;
    }

    /** Freezes the node when it calls that method, or before it runs a statement with that text. */
    public void freezeAt(String methodOrText) {
        at.set(methodOrText);
    }

    /** Freezes the node now. */
    public void freeze() {
        ice = new CountDownLatch(1);
        reached.countDown();
    }

    /** Returns when the node is frozen. */
    public void awaitFrozen() throws InterruptedException {
        reached.await();
    }

    /** The node goes on where it was. */
    public void thaw() {
        at.set(null);
        var held = ice;
        ice = null;
        if (held != null) held.countDown();
    }

    public DataSource source() {
        return proxy(DataSource.class, target);
    }

    private <T> T proxy(Class<T> type, Object object) {
        return type.cast(Proxy.newProxyInstance(
                Freezing.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    pass(method.getName(), arguments);
                    try {
                        return wrapped(method.invoke(object, arguments));
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    } finally {
                        pass("after", null);
                    }
                }));
    }

    private Object wrapped(Object answer) {
        return switch (answer) {
            case Connection connection -> proxy(Connection.class, connection);
            case PreparedStatement statement -> proxy(PreparedStatement.class, statement);
            case Statement statement -> proxy(Statement.class, statement);
            case null, default -> answer;
        };
    }

    private void pass(String method, Object @Nullable [] arguments) throws InterruptedException {
        var when = at.get();
        if (when != null && (method.equals(when) || mentions(arguments, when)) && at.compareAndSet(when, null))
            freeze();
        var frozen = ice;
        if (frozen != null) frozen.await();
    }

    private static boolean mentions(Object @Nullable [] arguments, String text) {
        return arguments != null
                && Arrays.stream(arguments).anyMatch(each -> each instanceof String sql && sql.contains(text));
    }
}
