import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Members of a job that are threads of this program. */
final class Threads {
    private Threads() {}

    /** The program of a member. */
    interface Member<T> {
        T run(int index) throws Exception;
    }

    /** Runs members concurrently and returns their results. */
    static <T> List<T> run(int members, Member<T> member) throws Exception {
        List<Callable<T>> tasks = new ArrayList<>();
        for (int index = 0; index < members; index++) {
            int own = index;
            tasks.add(() -> member.run(own));
        }
        List<T> results = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(members)) {
            for (Future<T> result : threads.invokeAll(tasks)) {
                results.add(result.get());
            }
        }
        return results;
    }
}
