// @ts-nocheck: no module, and typed words would travel with every page.
// Stands in a contestant's page itself and asks the first questions while the page's files are on their way. The answers
// wait in window.hoithiEarly until lib/api/request.ts asks for the same. Plain old JavaScript.
(function () {
  if (!window.fetch || document.documentElement.hasAttribute('data-too-old')) return;
  var early = (window.hoithiEarly = {});
  function ask(method, path, body) {
    var how = { method: method, credentials: 'same-origin' };
    if (body) {
      how.body = JSON.stringify(body);
      how.headers = { 'Content-Type': 'application/json' };
    }
    var answer = (early[method + ' ' + path] = fetch(path, how));
    answer.catch(function () {}); // whoever takes the answer is told
    return answer;
  }
  var secret = location.hash.slice(1);
  if (!secret) {
    ask('GET', '/api/session');
    ask('GET', location.pathname === '/contestant' ? '/api/audience/contests' : '/api/contestant/me');
  } else if (location.pathname === '/contestant') {
    // A secret of ours has nothing to decode; about anything else the page says so.
    if (!/^[\w-]+$/.test(secret)) return;
    ask('POST', '/api/contestant/enter-by-link', { token: secret }).then(
      function (answer) {
        if (answer.ok) ask('GET', '/api/session');
      },
      function () {},
    );
  }
})();
