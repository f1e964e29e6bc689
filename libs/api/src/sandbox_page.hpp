// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace kelisim::api {

// The sandbox's phones in a browser. One page without anything fetched from elsewhere; texts in three languages.
inline constexpr std::string_view sandbox_page = R"html(<!doctype html>
<html lang="kk">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Kelisim</title>
<style>
  :root { color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.45; }
  body { max-width: 44rem; margin: 0 auto; padding: 1rem; }
  header { display: flex; justify-content: space-between; align-items: baseline; gap: 1rem; flex-wrap: wrap; }
  h1 { font-size: 1.4rem; margin: 0; }
  label { font-weight: 600; }
  select, input, button { font: inherit; padding: .5rem .7rem; border-radius: .5rem; border: 1px solid GrayText; max-width: 100%; }
  button { cursor: pointer; }
  button:focus-visible, select:focus-visible, input:focus-visible { outline: 3px solid Highlight; outline-offset: 2px; }
  #messages { list-style: none; padding: 1rem; margin: 1rem 0; border: 1px solid GrayText; border-radius: 1rem; min-height: 8rem; }
  #messages li { padding: .5rem .8rem; border-radius: .8rem; margin: .4rem 0; width: fit-content; max-width: 85%; overflow-wrap: anywhere; }
  .received { background: color-mix(in srgb, Highlight 18%, Canvas); }
  .sent { background: color-mix(in srgb, GrayText 25%, Canvas); margin-left: auto !important; }
  time { display: block; font-size: .8rem; opacity: .75; }
  form { display: flex; gap: .5rem; flex-wrap: wrap; }
  form input { flex: 1 1 12rem; }
  pre { overflow-x: auto; padding: .8rem; border-radius: .5rem; background: color-mix(in srgb, GrayText 15%, Canvas); }
</style>
</head>
<body>
<header><h1 id="title"></h1><nav id="languages" aria-label="Тіл / Язык / Language"></nav></header>
<p id="about"></p>
<p><label for="person" id="person-label"></label><br><select id="person"></select></p>
<ul id="messages" aria-live="polite"></ul>
<form id="reply"><label for="text" id="text-label" hidden></label>
<input id="text" autocomplete="off" maxlength="160"><button id="send"></button></form>
<p id="state" role="status"></p>
<h2 id="try-title"></h2>
<pre id="command"></pre>
<script>
const texts = {
  kk: { title: 'Kelisim: құмсалғыш телефоны', about: '1414 жіберген SMS осында көрінеді. Жауапты телефондағыдай жазыңыз: 1 – келісу, 2 – бас тарту.',
        person: 'Кімнің телефоны', text: 'Жауап', send: 'Жіберу', none: 'Хабар әлі жоқ.', sent: 'Жіберілді.', failed: 'Жіберілмеді: ',
        offline: 'Серверге қосылу мүмкін емес.', attempt: 'Банк атынан сұрау жіберу' },
  ru: { title: 'Kelisim: телефон песочницы', about: 'Здесь видны SMS от 1414. Отвечайте, как с телефона: 1 – согласие, 2 – отказ.',
        person: 'Чей телефон', text: 'Ответ', send: 'Отправить', none: 'Сообщений пока нет.', sent: 'Отправлено.', failed: 'Не отправлено: ',
        offline: 'Нет связи с сервером.', attempt: 'Послать запрос от имени банка' },
  en: { title: 'Kelisim: sandbox phone', about: 'SMS from 1414 appear here. Reply as from a phone: 1 to agree, 2 to refuse.',
        person: 'Whose phone', text: 'Reply', send: 'Send', none: 'No messages yet.', sent: 'Sent.', failed: 'Not sent: ',
        offline: 'The server cannot be reached.', attempt: 'Ask as the bank' },
};
const element = (id) => document.getElementById(id);
let language = 'kk', shown = '';

function speak(to) {
  language = to;
  const t = texts[to];
  document.documentElement.lang = to;
  document.title = t.title;
  element('title').textContent = t.title;
  element('about').textContent = t.about;
  element('person-label').textContent = t.person;
  element('text-label').textContent = t.text;
  element('text').placeholder = t.text;
  element('send').textContent = t.send;
  element('try-title').textContent = t.attempt;
  shown = '';
  refresh();
}

for (const [code, name] of [['kk', 'Қазақша'], ['ru', 'Русский'], ['en', 'English']]) {
  const button = document.createElement('button');
  button.textContent = name;
  button.lang = code;
  button.onclick = () => speak(code);
  element('languages').append(button, ' ');
}

const path = () => `/sandbox/phone/${encodeURIComponent(element('person').value)}/messages`;

async function refresh() {
  if (!element('person').value) return;
  let answer;
  try {
    answer = await (await fetch(path())).json();
  } catch {
    element('state').textContent = texts[language].offline;
    return;
  }
  if (element('state').textContent === texts[language].offline) element('state').textContent = '';
  const key = element('person').value + JSON.stringify(answer);
  if (key === shown) return;
  shown = key;
  element('messages').replaceChildren(...answer.messages.map((message) => {
    const item = document.createElement('li');
    item.className = message.direction;
    item.append(message.text, Object.assign(document.createElement('time'), { textContent: new Date(message.at).toLocaleString(language, { timeZone: 'Asia/Almaty' }) }));
    return item;
  }));
  if (!answer.messages.length) element('messages').append(Object.assign(document.createElement('li'), { textContent: texts[language].none }));
}

element('reply').onsubmit = async (event) => {
  event.preventDefault();
  const text = element('text').value;
  try {
    const answer = await fetch(path(), { method: 'POST', headers: { 'content-type': 'application/json', 'accept-language': language }, body: JSON.stringify({ text }) });
    element('state').textContent = answer.ok ? texts[language].sent : texts[language].failed + (await answer.json()).title;
    if (answer.ok) element('text').value = '';
  } catch {
    element('state').textContent = texts[language].offline;
  }
  refresh();
};

function command() {
  const iin = element('person').selectedOptions[0]?.dataset.iin;
  element('command').textContent = `curl -u demo-bank:demo-bank-sandbox-secret ${location.origin}/bc-authorize \\
  -d scope=openid -d login_hint=iin:${iin} \\
  --data-urlencode 'authorization_details=[{"type":"kz_personal_data","purpose":"loan-application","services":["GBDFLUniversal_token"],"fields":["surname","name"]}]'`;
}

element('person').onchange = () => { command(); refresh(); };

fetch('/sandbox/persons').then((answer) => answer.json()).then(({ persons }) => {
  for (const person of persons.filter((one) => one.phone && one.askable).sort((a, b) => a.phone.localeCompare(b.phone))) {
    const option = new Option(`${person.name}, ${person.phone}`, person.phone);
    option.dataset.iin = person.iin;
    element('person').append(option);
  }
  command();
  speak('kk');
  setInterval(refresh, 1000);
}).catch(() => { element('state').textContent = texts[language].offline; });
</script>
</body>
</html>
)html";

}  // namespace kelisim::api
